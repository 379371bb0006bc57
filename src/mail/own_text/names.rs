//! First names, patronymics, initials: what a line must have to be taken for a person's name.

use super::line::{head, lower};
use crate::mail::characters::is_alphabetic;

/// Whether the line is a person's name and nothing else: «Илья», «Сомова Т.И.», "Nadia Rahmani". Sure of it: a known
/// first name, a patronymic or initials.
pub(super) fn is_name(text: &str) -> bool {
    is_capitalised(text)
        && words(text).any(|word| is_first_name(word) || is_patronymic(word) || is_initials(word))
}

/// What stands behind a full name at the beginning of a line: «Иванов Пётр, диспетчер», «Иванов П.С. т. 8 912 …».
pub(super) fn behind_full_name(text: &str) -> Option<&str> {
    let (first, rest) = text.split_once(' ')?;
    let second = rest.split(' ').next()?;
    let name = text.get(..first.len() + 1 + second.len())?;
    is_name(name).then(|| rest.get(second.len()..)).flatten()
}

/// One to four words, each with a capital first letter, no digits: could be a name, could be a unit.
pub(super) fn is_capitalised(text: &str) -> bool {
    let fits = |word: &str| {
        word.starts_with(char::is_uppercase)
            && word.chars().all(|c| is_alphabetic(c) || matches!(c, '.' | '-' | '\'' | '’'))
    };
    let text = text.trim_end_matches(['.', ',', '!', ' ']);
    (1..=4).contains(&text.split_whitespace().take(5).count()) && text.split_whitespace().all(fits)
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    head(text).split_whitespace().map(|word| word.trim_end_matches([',', '!']))
}

/// A known first name, capital or not.
pub(super) fn is_first_name(word: &str) -> bool {
    let word = lower(word.trim_end_matches('.'));
    RUSSIAN.binary_search(&word.as_str()).is_ok() || LATIN.binary_search(&word.as_str()).is_ok()
}

fn is_patronymic(word: &str) -> bool {
    let word = lower(word);
    word.chars().count() > 6
        && ["ович", "евич", "ьич", "овна", "евна", "ична", "улы", "кызы"]
            .iter()
            .any(|end| word.ends_with(end))
}

/// «Т.И.», «С.Полевой», «П.А».
fn is_initials(word: &str) -> bool {
    let mut chars = word.chars();
    chars.next().is_some_and(char::is_uppercase)
        && chars.next() == Some('.')
        && chars.next().is_none_or(char::is_uppercase)
}

/// Russian and common Turkic first names, short forms too, ё as е, sorted.
#[rustfmt::skip]
const RUSSIAN: [&str; 343] = [
    "аделина", "азамат", "азат", "аида", "айгерим", "айгуль", "айдар", "айжан", "айрат", "алан",
    "александр", "александра", "алексей", "алена", "алина", "алиса", "алия", "алла", "алмаз", "альберт",
    "альбина", "амина", "амир", "анастасия", "анатолий", "анвар", "ангелина", "андрей", "анжела", "анна",
    "антон", "антонина", "ануар", "аня", "арина", "аркадий", "арман", "арсен", "арсений", "артем", "артур",
    "аслан", "ася", "ашот", "аяз", "бауыржан", "богдан", "борис", "вадим", "валентин", "валентина",
    "валера", "валерий", "валерия", "ваня", "василий", "вася", "вахтанг", "венера", "вениамин", "вера",
    "вероника", "виктор", "виктория", "виолетта", "виталий", "виталик", "витя", "влад", "владимир",
    "владислав", "вова", "володя", "вячеслав", "галина", "галя", "гарик", "гаянэ", "гена", "геннадий",
    "георгий", "герман", "гиви", "глеб", "гоша", "григорий", "гриша", "гульнара", "гуля", "давид", "дамир",
    "даниил", "данил", "данила", "дарина", "дарья", "даулет", "даша", "денис", "диана", "дилара", "диляра",
    "дима", "дина", "динара", "дмитрий", "ева", "евгений", "евгения", "егор", "екатерина", "елена",
    "елизавета", "ержан", "ерлан", "ефим", "жанар", "жанна", "жаслан", "женя", "жора", "зарина", "захар",
    "зина", "зинаида", "зоя", "зульфия", "зухра", "ибрагим", "иван", "игнат", "игорь", "илона", "ильдар",
    "ильдус", "ильнур", "ильшат", "илья", "ильяс", "илюха", "инга", "инна", "иннокентий", "иосиф", "ира",
    "ирина", "искандер", "ислам", "кайрат", "камиль", "карен", "карина", "катя", "кира", "кирилл", "клава",
    "клавдия", "клара", "клим", "коля", "константин", "костя", "кристина", "ксения", "ксюша", "лада",
    "лариса", "лаура", "лев", "лейла", "лейсан", "лена", "леня", "леонид", "леонтий", "леха", "леша",
    "лиана", "лида", "лидия", "лиза", "лилия", "лиля", "лия", "луиза", "люба", "любовь", "люда", "людмила",
    "магомед", "мадина", "майя", "макс", "максим", "максуд", "малика", "марат", "маргарита", "марина",
    "мария", "марк", "марсель", "матвей", "маша", "мила", "мирон", "мирослав", "мирослава", "михаил",
    "миша", "мурад", "мурат", "надежда", "надя", "назар", "назира", "настя", "наталия", "наталья", "наташа",
    "нелли", "никита", "николай", "нина", "нурбек", "нурия", "нурлан", "нурсултан", "оксана", "олег",
    "олжас", "ольга", "оля", "осман", "павел", "паша", "петр", "петя", "полина", "прохор", "равиль",
    "радик", "раиса", "рамиз", "рамиль", "рауф", "рафаэль", "рашид", "ревекка", "регина", "ренат", "рената",
    "римма", "ринат", "рита", "рифат", "роза", "рома", "роман", "ростислав", "руслан", "рустам", "рустем",
    "сабина", "сабир", "савелий", "саида", "салават", "самат", "самвел", "санжар", "сауле", "саша", "света",
    "светлана", "святослав", "семен", "сергей", "серега", "сережа", "серик", "слава", "славик", "снежана",
    "софия", "софья", "станислав", "стас", "степан", "султан", "сурен", "тагир", "таисия", "талгат",
    "тамара", "таня", "тарас", "татьяна", "тахир", "тая", "темур", "тигран", "тимур", "тихон", "толик",
    "толя", "тома", "трофим", "улугбек", "ульяна", "фаина", "фарид", "фархад", "фатима", "федор", "феликс",
    "филипп", "хасан", "шамиль", "шура", "эвелина", "эдгар", "эдуард", "элина", "элла", "эльвира", "эльдар",
    "эльза", "эля", "эмиль", "эмма", "эрик", "юлиан", "юлия", "юля", "юра", "юрий", "юстина", "яков", "ян",
    "яна", "ярик", "ярослав",
];

/// First names in Latin letters, sorted.
#[rustfmt::skip]
const LATIN: [&str; 719] = [
    "aaron", "abdul", "abdullah", "abigail", "adam", "adrian", "agnes", "ahmad", "ahmed", "aidan", "aisha",
    "akira", "alan", "albert", "alejandro", "alex", "alexander", "alexandra", "alexei", "alexey", "alfred",
    "ali", "alice", "alicia", "alina", "alison", "amanda", "amina", "amir", "amit", "amy", "ana",
    "anastasia", "anders", "andre", "andrea", "andreas", "andrei", "andrew", "andrey", "andy", "angela",
    "anil", "anita", "anna", "anne", "annette", "anthony", "anton", "antonio", "arjun", "arnold", "artem",
    "arthur", "arturo", "ashley", "ashok", "astrid", "barbara", "bart", "bartholomew", "beata", "beatrice",
    "becky", "ben", "benjamin", "bernard", "bianca", "bjorn", "blake", "bob", "bonnie", "boris", "brandon",
    "brenda", "brett", "brian", "bruno", "bryan", "caitlin", "calvin", "cameron", "carl", "carla", "carlos",
    "carmen", "carol", "caroline", "catherine", "cecilia", "chad", "charles", "charlotte", "chen",
    "chester", "chloe", "chris", "christian", "christina", "christine", "christopher", "claire", "clara",
    "clare", "claudia", "clement", "colin", "connor", "constance", "craig", "cristina", "cyril", "dagmar",
    "dale", "damian", "daniel", "daniela", "danilo", "darren", "dave", "david", "dean", "debbie", "deborah",
    "delphine", "denis", "dennis", "derek", "dermot", "desmond", "diana", "diane", "diego", "dieter",
    "dinara", "dirk", "dmitri", "dmitriy", "dmitry", "dmytro", "dominic", "dominik", "donald", "doris",
    "dorothy", "doug", "douglas", "duncan", "dylan", "edgar", "edith", "eduardo", "edward", "edwin",
    "eileen", "ekaterina", "elaine", "eleanor", "elena", "eli", "elif", "eliza", "elizabeth", "ella",
    "ellen", "elliot", "elsa", "emil", "emilio", "emily", "emma", "emre", "enrique", "eric", "erica",
    "erik", "erin", "ernesto", "esther", "ethan", "eugene", "eva", "evan", "evelyn", "evgeny", "ewan",
    "ezra", "fabian", "farid", "farida", "fatima", "felipe", "felix", "fernando", "filip", "finn", "fiona",
    "fleur", "florian", "francesca", "francesco", "francis", "francisco", "frank", "franz", "fraser",
    "fred", "freddie", "frederik", "freya", "gabriel", "gareth", "gary", "gavin", "gemma", "geoff",
    "geoffrey", "george", "gerald", "gerard", "gilbert", "gina", "giovanni", "giulia", "gleb", "gordon",
    "graham", "grant", "greg", "gregory", "greta", "guido", "gunnar", "gustavo", "gwen", "hamza", "hana",
    "hannah", "hans", "harald", "harry", "hassan", "heather", "hector", "heidi", "heinz", "helen", "helena",
    "henrik", "henry", "herbert", "hilda", "hiroshi", "holger", "hugo", "hussein", "ian", "ibrahim", "igor",
    "ilya", "imran", "ines", "inga", "ingrid", "irene", "irina", "isaac", "isabel", "isabella", "isla",
    "ivan", "ivana", "ivo", "jack", "jacob", "jacques", "jade", "jaime", "jake", "jakub", "james", "jan",
    "jane", "janet", "jared", "jasmine", "jason", "javier", "jay", "jean", "jeff", "jennifer", "jens",
    "jeremy", "jesse", "jessica", "jill", "jim", "jo", "joan", "joanna", "joao", "jochen", "joe", "joel",
    "joerg", "johan", "johanna", "johannes", "john", "johnny", "jon", "jonas", "jonathan", "jordi", "jorge",
    "jose", "josef", "joseph", "josh", "joshua", "joyce", "juan", "judith", "juergen", "julia", "julian",
    "juliana", "julie", "julio", "jun", "justin", "kamal", "karen", "kari", "karim", "karin", "karl",
    "katarina", "kate", "katerina", "katherine", "kathy", "katja", "katya", "keith", "kelly", "ken",
    "kenneth", "kent", "kerstin", "kevin", "khalid", "kim", "kirill", "kirsten", "klaus", "kofi",
    "konstantin", "kristian", "kristina", "krzysztof", "kumar", "kurt", "kyle", "lana", "larissa", "larry",
    "lars", "laura", "lauren", "laurent", "lawrence", "leah", "lee", "leila", "lena", "leo", "leon",
    "leonardo", "leonid", "lerato", "lewis", "liam", "lilian", "linda", "lisa", "liz", "logan", "lorenzo",
    "lorna", "lothar", "louis", "louise", "lucas", "lucia", "lucy", "ludmila", "luis", "lukas", "luke",
    "lynn", "maciej", "mads", "maeve", "magda", "magdalena", "mahmoud", "maja", "malcolm", "malte",
    "manuel", "marc", "marcel", "marcelo", "marcin", "marco", "marcos", "marcus", "marek", "margaret",
    "margarita", "maria", "mariana", "marie", "marina", "mario", "mark", "marko", "marta", "martin",
    "martina", "mary", "mateusz", "matteo", "matthew", "matthias", "maurice", "max", "maxim", "maxime",
    "maya", "mehmet", "melissa", "mette", "mia", "michael", "michal", "michel", "michelle", "mick",
    "miguel", "mihai", "mike", "mikhail", "milan", "miles", "mira", "miriam", "mohamad", "mohamed",
    "mohammad", "mohammed", "mohan", "molly", "monica", "monika", "morgan", "muhammad", "murat", "mustafa",
    "nadia", "naomi", "natalia", "natalie", "natasha", "nathan", "ned", "neil", "nevena", "nguyen",
    "nicholas", "nick", "nicolas", "nicole", "nigel", "nikita", "nikolai", "nikolay", "nikos", "nils",
    "nina", "noah", "noel", "noor", "nora", "norbert", "norman", "oksana", "olaf", "ole", "oleg", "olena",
    "olga", "oliver", "olivia", "olivier", "omar", "oscar", "osman", "otto", "owen", "pablo", "paolo",
    "pascal", "pat", "patricia", "patrick", "paul", "paula", "pavel", "pawel", "pedro", "penny", "peter",
    "petr", "phil", "philip", "philippe", "phoebe", "pierre", "piet", "pieter", "piotr", "polina", "priya",
    "quentin", "rachel", "rafael", "rahul", "rainer", "raj", "rajesh", "ralf", "ralph", "ramon", "rashid",
    "raul", "ravi", "ray", "rebecca", "regina", "renata", "renate", "rene", "reza", "rhys", "ricardo",
    "richard", "rick", "rita", "rob", "robert", "roberto", "rod", "roderick", "rodrigo", "roger", "roland",
    "rolf", "roman", "ron", "rory", "rosa", "ross", "roxana", "ruben", "rudolf", "rui", "rupert", "ruslan",
    "russell", "ruth", "ryan", "sabine", "said", "salim", "sally", "salvatore", "sam", "samantha", "samir",
    "samuel", "sandra", "sanjay", "santiago", "santosh", "sara", "sarah", "sasha", "scott", "sean",
    "sebastian", "selim", "selma", "serena", "sergei", "sergey", "sergio", "seth", "shane", "shannon",
    "sharon", "sheila", "sigrid", "silvia", "simon", "simone", "sofia", "sofie", "sonia", "sonja", "sophie",
    "spencer", "stan", "stefan", "stefano", "stella", "stephanie", "stephen", "steve", "steven", "stuart",
    "sunil", "suresh", "susan", "susanne", "sven", "svenja", "svetlana", "sybille", "sylvia", "tamara",
    "tanya", "tariq", "tatiana", "ted", "teresa", "tessa", "theo", "thiago", "thomas", "tim", "timothy",
    "timur", "tina", "tobias", "toby", "todd", "tom", "tomas", "tomasz", "tommy", "toni", "tony", "tove",
    "tracy", "trevor", "tristan", "troy", "ulrich", "ursula", "uwe", "vadim", "valentina", "valeria",
    "valery", "vanessa", "vera", "veronica", "veronika", "victor", "victoria", "vijay", "vikram", "viktor",
    "vince", "vincent", "virginia", "vitaly", "vivian", "vladimir", "walter", "wanda", "warren", "wayne",
    "wei", "wendell", "wendy", "werner", "wilfried", "will", "william", "winston", "wojciech", "xavier",
    "yael", "yana", "yasmin", "yuki", "yuri", "yusuf", "yves", "yvonne", "zainab", "zdenek", "zhang", "zoe",
    "zofia",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_sorted_for_binary_search() {
        assert!(RUSSIAN.is_sorted());
        assert!(LATIN.is_sorted());
    }

    #[test]
    fn names_are_told_from_units() {
        for name in [
            "Илья",
            "Марина Кольцова",
            "Сомова Т.И.",
            "С. Полевой",
            "Лев",
            "Nadia Rahmani",
            "John",
            "Пётр Ильич",
        ] {
            assert!(is_name(name), "{name}");
        }
        for other in
            ["КамАЗ", "Миксер Восток", "Борт", "Wialon Hosting", "Урал", "илья не видит", "К123МН", ""]
        {
            assert!(!is_name(other), "{other}");
        }
    }
}

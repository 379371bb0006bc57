//! First names, patronymics, initials: what a line must have to be taken for a person's name.

use super::line::{head, lower};

/// Whether the line is a person's name and nothing else: «Илья», «Сомова Т.И.», "Nadia Rahmani". Sure of it: a known
/// first name, a patronymic or initials.
pub(super) fn is_name(text: &str) -> bool {
    is_capitalised(text)
        && words(text).any(|word| is_first_name(word) || is_patronymic(word) || is_initials(word))
}

/// One to four words, each with a capital first letter, no digits: could be a name, could be a unit.
pub(super) fn is_capitalised(text: &str) -> bool {
    let fits = |word: &str| {
        word.starts_with(char::is_uppercase)
            && word.chars().all(|c| c.is_alphabetic() || matches!(c, '.' | '-' | '\'' | '’'))
    };
    let text = text.trim_end_matches(['.', ',', '!', ' ']);
    (1..=4).contains(&text.split_whitespace().take(5).count()) && text.split_whitespace().all(fits)
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    head(text).split_whitespace().map(|word| word.trim_end_matches([',', '!']))
}

fn is_first_name(word: &str) -> bool {
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
const RUSSIAN: [&str; 228] = [
    "азамат", "айгуль", "айдар", "айрат", "александр", "александра", "алексей", "алена", "алина", "алиса",
    "алия", "алла", "анастасия", "анатолий", "ангелина", "андрей", "анжела", "анна", "антон", "антонина",
    "аня", "арина", "аркадий", "арман", "арсений", "артем", "артур", "аслан", "бауыржан", "богдан", "борис",
    "вадим", "валентин", "валентина", "валера", "валерий", "валерия", "ваня", "василий", "вася", "вениамин",
    "вера", "вероника", "виктор", "виктория", "виталий", "виталик", "влад", "владимир", "владислав", "вова",
    "володя", "вячеслав", "галина", "галя", "гена", "геннадий", "георгий", "герман", "глеб", "григорий",
    "гриша", "гульнара", "давид", "даниил", "данила", "дарья", "даша", "денис", "диана", "диляра", "дима",
    "динара", "дмитрий", "ева", "евгений", "евгения", "егор", "екатерина", "елена", "елизавета", "ерлан",
    "ефим", "жанна", "женя", "жора", "захар", "зинаида", "зоя", "зульфия", "иван", "игнат", "игорь",
    "ильдар", "ильнур", "илья", "илюха", "инга", "инна", "иннокентий", "иосиф", "ира", "ирина", "ислам",
    "карина", "катя", "кира", "кирилл", "клавдия", "коля", "константин", "костя", "кристина", "ксения",
    "ксюша", "лариса", "лев", "лейла", "лена", "леня", "леонид", "леха", "леша", "лидия", "лиза", "лилия",
    "лиля", "люба", "любовь", "люда", "людмила", "майя", "макс", "максим", "марат", "маргарита", "марина",
    "мария", "марк", "матвей", "маша", "михаил", "миша", "мурат", "надежда", "надя", "настя", "наталия",
    "наталья", "наташа", "нелли", "никита", "николай", "нина", "нурлан", "оксана", "олег", "ольга", "оля",
    "павел", "паша", "петр", "петя", "полина", "раиса", "рамиль", "рашид", "регина", "ренат", "рената",
    "римма", "ринат", "рита", "роза", "рома", "роман", "ростислав", "руслан", "рустам", "сабина", "савелий",
    "сауле", "саша", "света", "светлана", "святослав", "семен", "сергей", "серега", "сережа", "серик",
    "слава", "снежана", "софия", "софья", "станислав", "стас", "степан", "таисия", "тамара", "таня",
    "тарас", "татьяна", "тимур", "тихон", "толя", "ульяна", "фаина", "фарид", "федор", "филипп", "шура",
    "эвелина", "эдуард", "элина", "эльвира", "эльдар", "эльза", "эмиль", "эмма", "юлия", "юля", "юра",
    "юрий", "яков", "ян", "яна", "ярослав",
];

/// First names in Latin letters, sorted.
#[rustfmt::skip]
const LATIN: [&str; 467] = [
    "aaron", "abdul", "abdullah", "adam", "adrian", "agnes", "ahmad", "ahmed", "aidan", "aisha", "akira",
    "alan", "albert", "alejandro", "alex", "alexander", "alexandra", "alexei", "alexey", "ali", "alice",
    "alicia", "alina", "amanda", "amina", "amir", "amit", "amy", "ana", "anastasia", "anders", "andre",
    "andrea", "andreas", "andrei", "andrew", "andrey", "andy", "angela", "anil", "anita", "anna", "anne",
    "annette", "anthony", "anton", "antonio", "arjun", "artem", "arthur", "arturo", "ashok", "astrid",
    "barbara", "bart", "beata", "ben", "benjamin", "bernard", "bjorn", "bob", "boris", "brandon", "brian",
    "bruno", "carl", "carla", "carlos", "carmen", "carol", "caroline", "catherine", "charles", "charlotte",
    "chen", "chloe", "chris", "christian", "christina", "christine", "christopher", "claire", "clara",
    "claudia", "colin", "craig", "cristina", "daniel", "daniela", "danilo", "david", "dean", "deborah",
    "denis", "dennis", "derek", "diana", "diego", "dieter", "dinara", "dmitri", "dmitriy", "dmitry",
    "dominik", "donald", "doris", "douglas", "edgar", "eduardo", "edward", "ekaterina", "elena", "elif",
    "elizabeth", "ella", "emil", "emily", "emma", "emre", "eric", "erik", "ernesto", "esther", "eugene",
    "eva", "evelyn", "evgeny", "fabian", "farid", "fatima", "felipe", "felix", "fernando", "filip", "fiona",
    "florian", "francesca", "francesco", "francisco", "frank", "franz", "fred", "frederik", "gabriel",
    "gareth", "gary", "george", "gerald", "gerard", "giovanni", "giulia", "gleb", "graham", "grant", "greg",
    "gregory", "guido", "gustavo", "hans", "harald", "harry", "hassan", "heather", "heidi", "heinz",
    "helen", "helena", "henrik", "henry", "hiroshi", "holger", "hugo", "ian", "ibrahim", "igor", "ilya",
    "inga", "ingrid", "irina", "isabel", "ivan", "ivana", "jack", "jacob", "jacques", "jakub", "james",
    "jan", "jane", "janet", "jason", "javier", "jean", "jeff", "jennifer", "jens", "jeremy", "jessica",
    "jim", "joan", "joanna", "joao", "joe", "joerg", "johan", "johanna", "johannes", "john", "jonas",
    "jonathan", "jordi", "jorge", "jose", "josef", "joseph", "joshua", "juan", "juergen", "julia", "julian",
    "juliana", "julie", "justin", "kamal", "karen", "karim", "karin", "karl", "katarina", "kate",
    "katerina", "katherine", "kathy", "keith", "kelly", "ken", "kenneth", "kevin", "khalid", "kim",
    "kirill", "klaus", "konstantin", "krzysztof", "kumar", "larry", "lars", "laura", "lauren", "laurent",
    "lee", "lena", "leo", "leon", "leonardo", "lerato", "linda", "lisa", "lorenzo", "louis", "lucas",
    "lucia", "luis", "lukas", "luke", "lynn", "maciej", "magda", "magdalena", "mahmoud", "manuel", "marc",
    "marcel", "marcelo", "marcin", "marco", "marcos", "marek", "margaret", "maria", "mariana", "marie",
    "marina", "mario", "mark", "marko", "marta", "martin", "martina", "mary", "mateusz", "matteo",
    "matthew", "matthias", "maurice", "max", "maxim", "mehmet", "melissa", "michael", "michal", "michel",
    "michelle", "miguel", "mike", "mikhail", "milan", "mohamed", "mohammad", "mohammed", "monica", "monika",
    "muhammad", "murat", "mustafa", "nadia", "natalia", "natalie", "nathan", "neil", "nguyen", "nicholas",
    "nick", "nicolas", "nicole", "nigel", "nikita", "nikolai", "nikolay", "nils", "nina", "nora", "olaf",
    "oleg", "olga", "oliver", "olivia", "omar", "oscar", "osman", "pablo", "paolo", "patricia", "patrick",
    "paul", "paula", "pavel", "pawel", "pedro", "peter", "petr", "philip", "philippe", "pierre", "piotr",
    "priya", "rachel", "rafael", "raj", "rajesh", "ralph", "ramon", "rashid", "raul", "rebecca", "renata",
    "ricardo", "richard", "rita", "robert", "roberto", "roger", "roland", "roman", "ron", "rosa", "ross",
    "ruben", "rui", "ruslan", "russell", "ruth", "ryan", "said", "salim", "sam", "samantha", "samir",
    "samuel", "sandra", "santiago", "sara", "sarah", "scott", "sean", "sebastian", "selim", "sergei",
    "sergey", "sergio", "shannon", "sharon", "simon", "simone", "sofia", "sofie", "sonia", "sophie",
    "stefan", "stefano", "stephanie", "stephen", "steve", "steven", "sunil", "suresh", "susan", "susanne",
    "sven", "svetlana", "sylvia", "tamara", "tanya", "tatiana", "ted", "teresa", "thiago", "thomas", "tim",
    "timothy", "timur", "tina", "tobias", "tom", "tomas", "tomasz", "tony", "tracy", "ulrich", "ursula",
    "vadim", "valentina", "valeria", "vera", "veronica", "victor", "victoria", "viktor", "vincent",
    "vitaly", "vladimir", "walter", "wei", "wendy", "werner", "will", "william", "wojciech", "xavier",
    "yana", "yasmin", "yuki", "yuri", "yusuf", "yves", "zhang", "zoe",
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

//! What could not be read as it should be, each thing once.

/// Problems of one mail that are kept.
const MAX_PROBLEMS: usize = 30;

#[derive(Debug, Default)]
pub(super) struct Problems(Vec<String>);

impl Problems {
    /// Notes a problem unless it is known.
    pub(super) fn note(&mut self, problem: &str) {
        if self.0.len() < MAX_PROBLEMS && !self.0.iter().any(|known| known == problem) {
            self.0.push(problem.to_owned());
        }
    }

    pub(super) fn into_vec(self) -> Vec<String> {
        self.0
    }
}

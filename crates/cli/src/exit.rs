use std::process::ExitCode;

/// How the command ended, as its exit status says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// 0: every film was read.
    AllRead,
    /// 1: the command could not work: no model, bad arguments, an output that cannot be written.
    CouldNotWork,
    /// 2: some films were refused or failed; the rest was done.
    SomeNotRead,
}

impl Exit {
    /// The status after a run in which `not_read` films had no answer.
    pub fn after(not_read: usize) -> Self {
        if not_read == 0 { Exit::AllRead } else { Exit::SomeNotRead }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(match exit {
            Exit::AllRead => 0,
            Exit::CouldNotWork => 1,
            Exit::SomeNotRead => 2,
        })
    }
}

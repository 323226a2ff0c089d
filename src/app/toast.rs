//! Short notices.

/// Tells one toast from another.
pub type ToastId = u64;

/// A short notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toast {
    /// Which.
    pub id: ToastId,
    /// How bad.
    pub kind: ToastKind,
    /// One line, escaped.
    pub text: String,
}

/// How a toast is marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToastKind {
    /// Something was done.
    Done,
    /// Something to know.
    Note,
    /// Something failed.
    Failed,
}

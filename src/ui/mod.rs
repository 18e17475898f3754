//! FLOOR 3: what a person sees. Leptos components that read a view of the session and ask for deeds.
//!
//! Where to start: [`App`] is the whole of it; [`Guard`], [`LoginPage`], [`SignOutButton`], [`TableBlock`],
//! [`RecordBlock`] and [`TextBlock`] are parts that another Leptos app can take, each under a context with a
//! [`crate::browser::Vestibule`].
//!
//! ```text
//! App -+- /login   LoginPage
//!      '- Guard -- AppHeader + Pages -- blocks
//! ```
//!
//! Three rules hold on this floor:
//! - The page runs under `require-trusted-types-for 'script'` and `style-src 'self'`: nothing becomes `innerHTML`, as
//!   a subtree of `view!` in which nothing is dynamic would, and nothing has a `style` attribute. See `markup.rs`.
//! - The view changes on every event. Pages are built from memos of single fields, so that a refresh rebuilds nothing.
//! - No value of a password field is ever in a signal: it is read from the form when that is submitted.
//!
//! Decides nothing about sessions; depends on `browser`, `session` and `config`.

mod account;
mod app;
mod arrange;
mod arrival;
mod boxes;
mod copy;
mod countdown;
mod doors;
mod empty;
mod field;
mod guard;
mod header;
mod idle;
mod language;
mod lazy;
mod loading;
mod local;
mod login;
mod markup;
mod notice;
mod page;
mod panel;
mod problem_page;
mod record;
pub mod require;
mod rise;
mod rows;
mod second_step;
#[cfg(feature = "operator")]
mod setup;
mod table;
mod text;
mod text_block;
mod theme;
mod toast;
mod value;
mod watch;
mod way;

pub use app::{App, mount};
pub use guard::Guard;
pub use header::{AppHeader, SignOutButton};
pub use language::greet;
pub use login::LoginPage;
pub use page::{Pages, Place};
pub use problem_page::ConfigProblemPage;
pub use record::RecordBlock;
pub use rise::{Begun, rise};
#[cfg(feature = "operator")]
pub use setup::mount_setup;
pub use table::{RowsTable, TableBlock};
pub use text_block::TextBlock;
pub use way::stays_here;

//! Vestibule.
pub mod config;

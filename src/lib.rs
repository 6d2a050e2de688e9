//! Hashiya: a workbench for reading Arabic documents closely and marking them.
//!
//! The library holds everything; `main.rs` only starts it. Dependencies between the modules point one way:
//!
//! ```text
//! main → (ui, cli) → app → (store, exchange, search) → arabic → model
//! ui → text, cli → text
//! ```
//!
//! `model`, `arabic` and `search` are pure: no files, no clock, no window. Only `ui` knows egui.
//! `tests/architecture.rs` reads the source and fails when a layer reaches upward.

pub mod app;
pub mod arabic;
pub mod cli;
pub mod exchange;
pub mod model;
pub mod search;
pub mod store;
pub mod text;
pub mod ui;

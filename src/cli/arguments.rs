//! What can be written on the command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use super::{
    check::Check, export::Export, find::Find, formats::Formats, import::Import, info::Info, layout::Layout,
    new::New, tag::Tag,
};

/// Read Arabic documents closely, and mark them.
///
/// With a path or nothing the window opens; the verbs work without one. PROJECT is a project folder, or a folder of documents,
/// which then means the unnamed project that Hashiya keeps for it.
#[derive(Debug, Parser)]
#[command(name = "hashiya", bin_name = "hashiya", version, args_conflicts_with_subcommands = true)]
pub(super) struct Arguments {
    /// A folder of documents or a project to open in the window
    pub path: Option<PathBuf>,

    /// Under whose name marks are made; the system's user name when left out
    #[arg(long, value_name = "NAME")]
    pub coder: Option<String>,

    #[command(subcommand)]
    pub verb: Option<Verb>,
}

/// What can be done without a window.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Import a folder of documents into a new project
    New(New),
    /// Show documents, tags, annotations, coders and sizes
    Info(Info),
    /// Check every invariant, and every quote against its text
    Check(Check),
    /// Search the documents
    Find(Find),
    /// Tag every hit of a search, as one edit that can be undone
    Tag(Tag),
    /// Write the annotations in another format, and tell what it cannot hold
    Export(Export),
    /// Take in annotations that were made elsewhere, as one edit that can be undone
    Import(Import),
    /// List the formats, and what each loses
    Formats(Formats),
    /// Show how a text is laid out: lines, runs and glyphs
    Layout(Layout),
}

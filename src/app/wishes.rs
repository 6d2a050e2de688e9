//! What the interface can ask of the workbench, and what the workbench can ask of the person.

use std::path::PathBuf;
use std::sync::Arc;

use super::finding::Find;
use super::importing::{ImportPlan, Incoming};
use super::keeping::Then;
use super::positions::Target;
use super::rows::Column;
use super::selection::{Place, Selection};
use super::updating::Decision;
use super::{Command, ExportPlan};
use crate::exchange::Out;
use crate::model::{AnnotationId, Color, DocumentId, Span, TagId};
use crate::store::merge::Side;

/// One wish of the interface. Panels never change the project: they send these.
#[derive(Clone, Debug)]
pub enum Action {
    /// Run a named command.
    Run(Command),
    /// Open a folder of documents or a project.
    OpenPath(PathBuf),
    /// What the file dialog gave: the paths, or none where it was cancelled.
    Picked(Pick, Vec<PathBuf>),
    /// There is no file dialog on this machine: ask for a path in the window.
    NoPicker(Pick),
    /// Show a document.
    OpenDocument(DocumentId),
    /// Remember where the reading view stands.
    Scrolled(DocumentId, Place),
    /// Select text, or nothing.
    Select(Option<Selection>),
    /// Offer the tags beside the selection, or stop offering them.
    OfferTags(bool),
    /// Select an annotation; with `reveal`, bring it into view.
    SelectAnnotation {
        /// Where it lies.
        document: DocumentId,
        /// Which.
        id: AnnotationId,
        /// Whether to scroll to it.
        reveal: bool,
    },
    /// Select no annotation.
    SelectNoAnnotation,
    /// Mark the selected text with a tag.
    ApplyTag(TagId),
    /// Mark the selected text with a new tag of this name.
    ApplyNewTag(String),
    /// Change the note of an annotation.
    SetNote(DocumentId, AnnotationId, String),
    /// Goes on with the note of an annotation, within the word that was written last: one undo takes the whole word back.
    ExtendNote(DocumentId, AnnotationId, String),
    /// Put a tag on an annotation, or take it off.
    ToggleTag(DocumentId, AnnotationId, TagId),
    /// Give an annotation another extent.
    SetEnds(DocumentId, AnnotationId, Span),
    /// Remove an annotation.
    RemoveAnnotation(DocumentId, AnnotationId),
    /// Add a tag, or change the one of the draft's id.
    PutTag(TagDraft),
    /// Remove a tag, also from the annotations that carry it.
    RemoveTag(TagId),
    /// Decode a document anew.
    SetEncoding(DocumentId, String),
    /// Take a document out of the project.
    RemoveDocument(DocumentId),
    /// Import the files that are new in the source folder.
    AddFound,
    /// Compare a document with its source file.
    UpdateFromSource(DocumentId),
    /// Show a text that a document had before, by its SHA-256.
    ShowEarlier(DocumentId, String),
    /// Decide about an annotation of the update that waits, by its place in it.
    Decide(usize, Decision),
    /// Drop all annotations that the update did not find.
    DropLost,
    /// Agree that annotations of other coders go by the update that waits, or no longer.
    AgreeToDrop(bool),
    /// Put the new versions of documents in place.
    ApplyUpdate,
    /// Compare the documents whose source files changed.
    UpdateChanged,
    /// Let documents whose files were renamed have their sources under the new names.
    FollowRenamed,
    /// Compare a document with the new file that is by far most like it.
    CompareAltered(DocumentId),
    /// Take the file by which a document was known again for a new one.
    PartRenamed(DocumentId),
    /// Import the files that are new, and show what else changed in the source folder.
    AddFoundFiles,
    /// Sort the annotation table by a column; the same again turns the order round.
    SortRows(Column),
    /// Show only the rows that hold this.
    FilterRows(String),
    /// Show only the documents whose title holds this.
    FilterDocuments(String),
    /// Find words in the open document.
    Find(Find),
    /// Put the caret somewhere in the open document.
    GoTo(Target),
    /// Show a dialog, or change the one that is shown.
    Show(Dialog),
    /// Open a file dialog.
    Ask(Pick),
    /// Close the dialog.
    CloseDialog,
    /// Put a notice away, by its place in the list.
    Dismiss(usize),
    /// Look ahead at what an export would come to.
    LookAhead(ExportPlan),
    /// Read a file or a folder that shall be imported.
    ReadImport(ImportPlan, PathBuf),
    /// Do an import that was read.
    TakeIn(Arc<Incoming>),
    /// Write an export.
    Export(ExportPlan, PathBuf),
    /// Stop a job.
    Cancel(u64),
    /// Try again to save, then go on.
    LeaveAgain,
    /// Go on although the project could not be saved; its edits stay in the recovery folder.
    LeaveAnyway,
    /// Keep the project as it is as a snapshot, under this name; it may be blank.
    TakeSnapshot(String),
    /// Compare the snapshot of this name with the project.
    CompareWith(String),
    /// Go back to the snapshot of this name.
    Restore(String),
    /// Say which side counts, for each of the conflicts.
    Choose(Vec<Side>),
    /// Look whether others have changed the project's files.
    LookRound,
    /// Set documents in this family.
    SetFont(String),
    /// Set the size of the text, in points.
    SetTextSize(f32),
    /// Set the height of a line, as a multiple of the text size.
    SetLeading(f32),
    /// Set the width of the column, as a multiple of the text size.
    SetMeasure(f32),
    /// Set documents as in a new project.
    ResetSetting,
    /// Say that the chosen family is not on this machine.
    MissFont(String),
}

/// What a file dialog is for.
#[derive(Clone, Debug, PartialEq)]
pub enum Pick {
    /// A folder of documents or a project.
    OpenFolder,
    /// Files to import.
    AddDocuments,
    /// A file with the new text of a document.
    UpdateDocument(DocumentId),
    /// A place for the project.
    SaveAs,
    /// A file for an export, or a folder to make.
    Export(ExportPlan),
    /// Something to import, which is a file or a folder.
    Import(ImportPlan, Out),
}

/// A tag while it is being written.
#[derive(Clone, Debug, PartialEq)]
pub struct TagDraft {
    /// The tag that is changed; none for a new one.
    pub id: Option<TagId>,
    /// Its name so far.
    pub name: String,
    /// Its colour so far.
    pub color: Color,
    /// What it is for, so far.
    pub definition: String,
}

/// A question or a form over the window.
#[derive(Clone, Debug, PartialEq)]
pub enum Dialog {
    /// A path to type, where the machine has no file dialog.
    Path(Pick, String),
    /// Which format, and how.
    Export(ExportPlan),
    /// Which format to import.
    Import(ImportPlan),
    /// What an import would come to.
    Incoming(Arc<Incoming>),
    /// The project could not be saved: what now?
    Leave {
        /// Why.
        reason: String,
        /// What was to follow.
        then: Then,
    },
    /// Where a document came from, and its encoding.
    Details(DocumentId),
    /// A tag to write.
    Tag(TagDraft),
    /// A tag in use is about to go.
    RemoveTag(TagId),
    /// A document with annotations is about to go.
    RemoveDocument(DocumentId),
    /// How documents are set.
    Reading,
    /// A place in the open document to go to.
    GoTo(Target),
    /// Both sides changed the same: which counts?
    Changed {
        /// What was chosen so far, for each conflict.
        chosen: Vec<Option<Side>>,
        /// Which of them is shown, from 0.
        at: usize,
    },
    /// Earlier states of the project.
    Snapshots {
        /// The name of one to be kept now.
        title: String,
        /// Which is looked at: the name of its folder.
        chosen: Option<String>,
    },
    /// The list of shortcuts.
    Shortcuts,
    /// Files that are new in the source folder.
    Found(Vec<String>),
    /// What becomes of annotations in the new versions of their documents.
    Update,
    /// What changed in the source folder.
    Rescan,
    /// Where the new text of a document is to come from.
    NewVersion(DocumentId),
    /// A text that a document had before; it waits in the workbench.
    Earlier,
}

/// A sentence of the interface: its key among the messages, and what is filled in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Message {
    /// The key.
    pub key: &'static str,
    /// Numbers by their names.
    pub numbers: Vec<(&'static str, usize)>,
    /// Texts by their names. A reader may have written them.
    pub texts: Vec<(&'static str, String)>,
    /// The annotation that it speaks of, if it is one that can be shown.
    pub mark: Option<(DocumentId, AnnotationId)>,
}

impl Message {
    /// The message of a key.
    pub fn new(key: &'static str) -> Self {
        Self { key, ..Self::default() }
    }

    /// Fills a number in.
    pub fn number(mut self, name: &'static str, number: usize) -> Self {
        self.numbers.push((name, number));
        self
    }

    /// Lets it lead to an annotation.
    pub fn about(mut self, mark: Option<(DocumentId, AnnotationId)>) -> Self {
        self.mark = mark;
        self
    }

    /// Fills a text in.
    pub fn text(mut self, name: &'static str, text: impl Into<String>) -> Self {
        self.texts.push((name, text.into()));
        self
    }
}

/// How grave a notice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeKind {
    /// Good to know.
    Info,
    /// Something was not done.
    Problem,
}

/// Something the person should know; it stays until put away.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// How grave.
    pub kind: NoticeKind,
    /// What it is about: of several about one thing the latest stays.
    pub about: &'static str,
    /// What.
    pub message: Message,
    /// One line each: files and reasons.
    pub details: Vec<String>,
    /// One line each, as sentences of the interface.
    pub said: Vec<Message>,
    /// What these lines are, if they are a list.
    pub heading: Option<Message>,
    /// How many steps of the history were done when the one was done that it tells of, if it tells of one.
    pub steps: Option<usize>,
}

//! The workbench: everything the window shows, and the one door through which it changes.

use std::path::PathBuf;
use std::sync::Arc;

use super::exporting::Glancing;
use super::finding::{Find, Finding};
use super::importing::Prepared;
use super::jobs::{Job, Jobs};
use super::keeping::{Keeping, Then};
use super::merging::Merging;
use super::opening::Outcome;
use super::positions::{Positions, Target};
use super::rows::TableView;
use super::selection::Selection;
use super::snapshots::Shelf;
use super::updating::Updating;
use super::view::{TEXT_SIZE, View};
use super::wishes::{Action, Dialog, Message, Notice, Pick};
use super::{Command, command::Needs};
use crate::model::{
    Act, Annotation, AnnotationId, Coder, Document, DocumentId, Edit, EditError, History, Project, Span,
    Stamps, Step,
};
use crate::store::window_state::RecentList;
use crate::store::{Session, Surroundings, Wake};

/// How a step becomes part of the history: as one of its own, or as more of the last one.
pub(super) type Perform = fn(&mut History, &mut Project, Step) -> Result<Act, EditError>;

/// A project that is open, with what keeps it.
pub struct OpenProject {
    /// The project.
    pub project: Project,
    /// What can be undone.
    pub history: History,
    /// What writes it to disk.
    pub(super) session: Session,
    /// Where it is kept.
    pub place: PathBuf,
    /// Whether the person has given it that place.
    pub named: bool,
    /// Counts the changes: what is derived from the project is made anew when it differs.
    pub revision: u64,
    /// How far it is saved.
    pub keeping: Keeping,
    /// Documents that appeared in the source folder and wait to be added.
    pub(super) found: Vec<Document>,
    /// What is still being read of it.
    pub(super) rest: Option<super::early::Rest>,
}

/// A span that the reading view shall bring into view, once for each serial number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reveal {
    /// Counts the requests.
    pub serial: u64,
    /// The document.
    pub document: DocumentId,
    /// What to show.
    pub span: Span,
}

/// All that the window works on.
pub struct Workbench {
    pub(super) open: Option<OpenProject>,
    pub(super) surroundings: Surroundings,
    pub(super) coder: Coder,
    pub(super) stamps: Box<dyn Stamps + Send>,
    pub(super) jobs: Jobs<Outcome>,
    pub(super) view: View,
    pub(super) selection: Option<Selection>,
    pub(super) offering: bool,
    pub(super) annotation: Option<(DocumentId, AnnotationId)>,
    pub(super) reveal: Option<Reveal>,
    pub(super) table: TableView,
    pub(super) finding: Finding,
    pub(super) glancing: Glancing,
    pub(super) updating: Updating,
    pub(super) positions: Positions,
    pub(super) dialog: Option<Dialog>,
    pub(super) pick: Option<Pick>,
    pub(super) copied: Option<String>,
    pub(super) notices: Vec<Notice>,
    pub(super) recent: RecentList,
    pub(super) leaving: Option<Then>,
    pub(super) closed: bool,
    /// The last revision that a project began with.
    pub(super) last_revision: u64,
    pub(super) merging: Merging,
    /// The import that is shown, done beforehand.
    pub(super) prepared: Option<Prepared>,
    pub(super) shelf: Shelf,
    /// When the view last changed and was not kept.
    pub(super) view_changed: Option<std::time::Instant>,
    /// Whether how documents are set is part of that.
    pub(super) setting_changed: bool,
    /// The missing font that the person was told of.
    pub(super) missed_font: Option<String>,
}

impl Workbench {
    /// A workbench with nothing open. `wake` is called from other threads when something waits for [`Self::tick`].
    pub fn new(surroundings: Surroundings, coder: Coder, stamps: Box<dyn Stamps + Send>, wake: Wake) -> Self {
        Self {
            open: None,
            surroundings,
            coder,
            stamps,
            jobs: Jobs::new(wake),
            view: View::default(),
            selection: None,
            offering: false,
            annotation: None,
            reveal: None,
            table: TableView::default(),
            finding: Finding::default(),
            glancing: Glancing::default(),
            updating: Updating::default(),
            positions: Positions::default(),
            dialog: None,
            pick: None,
            copied: None,
            notices: Vec::new(),
            recent: RecentList::default(),
            leaving: None,
            closed: false,
            last_revision: 0,
            merging: Merging::default(),
            prepared: None,
            shelf: Shelf::default(),
            view_changed: None,
            setting_changed: false,
            missed_font: None,
        }
    }

    /// The open project.
    pub fn open(&self) -> Option<&OpenProject> {
        self.open.as_ref()
    }

    /// The open project's content.
    pub fn project(&self) -> Option<&Project> {
        self.open.as_ref().map(|open| &open.project)
    }

    /// The document in the reading view.
    pub fn document(&self) -> Option<&Arc<Document>> {
        self.project()?.document(self.view.document?)
    }

    /// How things are shown.
    pub fn view(&self) -> &View {
        &self.view
    }

    /// The selected text, where it belongs to the document in the reading view.
    pub fn selection(&self) -> Option<Selection> {
        self.selection.filter(|selection| Some(selection.document) == self.view.document)
    }

    /// The selected text as a span that is not empty.
    pub fn selected_span(&self) -> Option<Span> {
        let span = self.selection()?.span(self.document()?);
        (!span.is_empty()).then_some(span)
    }

    /// Whether the tags are offered beside the selection.
    pub fn offering(&self) -> bool {
        self.offering && !self.is_read_only() && self.selected_span().is_some()
    }

    /// The selected annotation.
    pub fn annotation(&self) -> Option<&Arc<Annotation>> {
        let (document, id) = self.annotation?;
        self.project()?.annotation(document, id)
    }

    /// What the reading view shall bring into view.
    pub fn reveal(&self) -> Option<Reveal> {
        self.reveal
    }

    /// How the annotation table is sorted and filtered, and its rows.
    pub fn table(&self) -> &TableView {
        &self.table
    }

    /// The dialog over the window.
    pub fn dialog(&self) -> Option<&Dialog> {
        self.dialog.as_ref()
    }

    /// What the person should know.
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// The jobs that run.
    pub fn jobs(&self) -> &[Job] {
        self.jobs.running()
    }

    /// The projects and folders opened before, latest first.
    pub fn recent(&self) -> &RecentList {
        &self.recent
    }

    /// The file dialog that the interface shall open now.
    pub fn take_pick(&mut self) -> Option<Pick> {
        self.pick.take()
    }

    /// The text that the interface shall put on the clipboard now.
    pub fn take_copied(&mut self) -> Option<String> {
        self.copied.take()
    }

    /// Whether the window can close now.
    pub fn closed(&self) -> bool {
        self.closed
    }

    /// Whether the open project may only be read.
    pub fn is_read_only(&self) -> bool {
        self.open.as_ref().is_some_and(|open| open.session.is_read_only())
    }

    /// Whether a command can be run now.
    pub fn can(&self, command: Command) -> bool {
        let writing = self.open.as_ref().is_some_and(|open| !open.session.is_read_only());
        match command.needs() {
            Needs::Nothing => true,
            // What is still being read would be missing from a copy and a comparison.
            Needs::Project => {
                let copies = matches!(command, Command::SaveAs | Command::Export | Command::Snapshots);
                self.open.is_some() && !(copies && self.is_early())
            }
            Needs::Writing => writing,
            Needs::Document => {
                let writes = matches!(command, Command::RemoveDocument | Command::UpdateDocument);
                self.document().is_some() && (writing || !writes)
            }
            Needs::Selection => {
                self.selected_span().is_some() && (writing || command != Command::TagSelection)
            }
            Needs::Annotation => {
                writing
                    && self.annotation().is_some_and(|annotation| self.may_change(annotation))
                    && (command != Command::MoveEnds || self.selected_span().is_some())
            }
            Needs::Done => writing && self.open.as_ref().is_some_and(|open| !open.history.done().is_empty()),
            Needs::Undone => {
                writing && self.open.as_ref().is_some_and(|open| !open.history.undone().is_empty())
            }
        }
    }

    /// Fulfils one wish.
    pub fn act(&mut self, action: Action) {
        match action {
            Action::Run(command) => self.run(command),
            Action::OpenPath(path) => self.leave(Then::Open(path)),
            Action::Picked(pick, paths) => self.picked(pick, paths),
            Action::NoPicker(pick) => self.dialog = Some(Dialog::Path(pick, String::new())),
            Action::OpenDocument(document) => self.show_document(document),
            Action::Scrolled(document, place) => {
                self.view.places.insert(document, place);
                self.view_changed = Some(std::time::Instant::now());
            }
            Action::Select(selection) => {
                self.selection = selection;
                self.offering &= self.selected_span().is_some();
            }
            Action::OfferTags(offer) => self.offering = offer,
            Action::SelectAnnotation { document, id, reveal } => self.select_annotation(document, id, reveal),
            Action::SelectNoAnnotation => self.annotation = None,
            Action::ApplyTag(tag) => self.apply_tag(tag),
            Action::ApplyNewTag(name) => self.apply_new_tag(&name),
            Action::SetNote(document, id, note) => self.set_note(document, id, note, History::perform),
            Action::ExtendNote(document, id, note) => self.set_note(document, id, note, History::extend),
            Action::ToggleTag(document, id, tag) => self.toggle_tag(document, id, tag),
            Action::SetEnds(document, id, span) => self.set_ends(document, id, span),
            Action::RemoveAnnotation(document, id) => self.remove_annotation(document, id),
            Action::PutTag(draft) => self.put_tag(draft),
            Action::RemoveTag(tag) => self.remove_tag(tag),
            Action::SetEncoding(document, encoding) => self.set_encoding(document, &encoding),
            Action::RemoveDocument(document) => self.remove_document(document),
            Action::AddFound => self.add_found(),
            Action::UpdateFromSource(document) => self.update_from_source(document),
            Action::ShowEarlier(document, sha256) => self.show_earlier(document, &sha256),
            Action::Decide(index, decision) => self.decide(index, decision),
            Action::DropLost => self.drop_lost(),
            Action::AgreeToDrop(agreed) => self.agree_to_drop(agreed),
            Action::ApplyUpdate => self.apply_update(),
            Action::UpdateChanged => self.update_changed(),
            Action::FollowRenamed => self.follow_renamed(),
            Action::CompareAltered(document) => self.compare_altered(document),
            Action::PartRenamed(document) => self.part_renamed(document),
            Action::AddFoundFiles => self.add_found_files(),
            Action::SortRows(column) => self.table.sort_by(column),
            Action::FilterRows(filter) => self.table.filter_by(filter),
            Action::FilterDocuments(filter) => self.view.document_filter = filter,
            Action::Find(wish) => self.find(wish),
            Action::GoTo(target) => self.go_to(&target),
            Action::Show(dialog) => self.dialog = Some(dialog),
            Action::Ask(pick) => self.pick = Some(pick),
            Action::CloseDialog => self.close_dialog(),
            Action::Dismiss(index) => {
                if index < self.notices.len() {
                    self.notices.remove(index);
                }
            }
            Action::LookAhead(plan) => self.look_ahead(plan),
            Action::Export(plan, path) => self.export(plan, path, true),
            Action::ReadImport(plan, path) => self.read_import(plan, path),
            Action::TakeIn(incoming) => self.take_in(&incoming),
            Action::Cancel(job) => self.jobs.cancel(job),
            Action::LeaveAgain => self.leave_again(),
            Action::LeaveAnyway => self.leave_anyway(),
            Action::TakeSnapshot(title) => self.take_snapshot(&title),
            Action::CompareWith(name) => self.compare_with(&name),
            Action::Restore(name) => self.restore_snapshot(&name),
            Action::Choose(sides) => self.choose(&sides),
            Action::LookRound => self.look_round(),
            Action::SetFont(family) => self.set_font(family),
            Action::SetTextSize(points) => self.set_text_size(points),
            Action::SetLeading(leading) => self.set_leading(leading),
            Action::SetMeasure(measure) => self.set_measure(measure),
            Action::ResetSetting => self.reset_setting(),
            Action::MissFont(family) => self.miss_font(&family),
        }
        self.refresh_rows();
        self.refresh_hits();
    }

    fn run(&mut self, command: Command) {
        if !self.can(command) {
            return;
        }
        match command {
            Command::New => self.leave(Then::New),
            Command::OpenFolder => self.pick = Some(Pick::OpenFolder),
            Command::AddDocuments => self.pick = Some(Pick::AddDocuments),
            Command::UpdateDocument => self.dialog = self.view.document.map(Dialog::NewVersion),
            Command::LookForChanges => self.look_for_changes(),
            Command::RemoveDocument => {
                if let Some(document) = self.view.document {
                    self.remove_document(document);
                }
            }
            Command::DocumentDetails => self.dialog = self.view.document.map(Dialog::Details),
            Command::Save => self.save(),
            Command::SaveAs => self.pick = Some(Pick::SaveAs),
            Command::Snapshots => self.show_snapshots(),
            Command::Export => self.dialog = Some(Dialog::Export(super::ExportPlan::default())),
            Command::Import => self.dialog = Some(Dialog::Import(super::ImportPlan::default())),
            Command::Quit => self.leave(Then::Quit),
            Command::Undo => self.undo(),
            Command::Redo => self.redo(),
            Command::Copy => self.copy(),
            Command::SelectAll => self.select_all(),
            Command::Find => self.begin_finding(),
            Command::FindNext => self.find(Find::Step(true)),
            Command::FindPrevious => self.find(Find::Step(false)),
            Command::GoTo => self.dialog = Some(Dialog::GoTo(Target::default())),
            Command::TagSelection => self.offering = true,
            Command::MoveEnds => {
                if let (Some((document, id)), Some(span)) = (self.annotation, self.selected_span()) {
                    self.set_ends(document, id, span);
                }
            }
            Command::DeleteAnnotation => {
                if let Some((document, id)) = self.annotation {
                    self.remove_annotation(document, id);
                }
            }
            Command::NewTag => self.dialog = Some(Dialog::Tag(self.new_tag_draft(""))),
            Command::NextAnnotation => self.step_annotation(1),
            Command::PreviousAnnotation => self.step_annotation(-1),
            Command::NextDocument => self.step_document(1),
            Command::PreviousDocument => self.step_document(-1),
            Command::LargerText => self.set_text_size(self.view.text_size + 1.0),
            Command::SmallerText => self.set_text_size(self.view.text_size - 1.0),
            Command::ResetText => self.set_text_size(TEXT_SIZE),
            Command::Reading => self.dialog = Some(Dialog::Reading),
            Command::ThemeLight => self.set_theme("light"),
            Command::ThemeSepia => self.set_theme("sepia"),
            Command::ThemeDark => self.set_theme("dark"),
            Command::ThemeContrast => self.set_theme("contrast"),
            Command::ShowDocuments => self.toggle_panel(|view| &mut view.documents),
            Command::ShowCodebook => self.toggle_panel(|view| &mut view.codebook),
            Command::ShowTable => self.toggle_panel(|view| &mut view.table),
            Command::ShowNumbers => self.toggle_panel(|view| &mut view.numbers),
            Command::ShowInvisibles => self.toggle_panel(|view| &mut view.invisibles),
            Command::Shortcuts => self.dialog = Some(Dialog::Shortcuts),
        }
    }

    fn copy(&mut self) {
        let text =
            self.selected_span().zip(self.document()).and_then(|(span, document)| document.text.slice(span));
        self.copied = text.map(str::to_owned);
    }

    fn select_all(&mut self) {
        self.selection = self.document().map(|document| Selection {
            document: document.id,
            anchor: 0,
            focus: document.text.len(),
        });
        self.offering = false;
    }

    /// Opens a document in the reading view, at the place where it was left.
    pub(super) fn show_document(&mut self, document: DocumentId) {
        if self.view.document != Some(document)
            && self.project().is_some_and(|project| project.position(document).is_some())
        {
            self.view.document = Some(document);
            self.view_changed = Some(std::time::Instant::now());
            self.selection = None;
            self.offering = false;
        }
    }

    fn step_document(&mut self, by: isize) {
        let Some(project) = self.project() else { return };
        let at = self.view.document.and_then(|document| project.position(document)).unwrap_or(0);
        let next =
            at.checked_add_signed(by).and_then(|at| project.documents().get(at)).map(|document| document.id);
        if let Some(next) = next {
            self.show_document(next);
        }
    }

    /// Brings a span into view.
    pub(super) fn reveal_span(&mut self, document: DocumentId, span: Span) {
        self.show_document(document);
        let serial = self.reveal.map_or(1, |reveal| reveal.serial + 1);
        self.reveal = Some(Reveal { serial, document, span });
    }

    /// Makes a change: applies it, records it for undo, hands it to the journal. A refused edit becomes a notice.
    pub(super) fn perform(&mut self, name: &str, place: Option<(DocumentId, Span)>, edit: Edit) -> bool {
        self.perform_by(History::perform, name, place, edit)
    }

    /// [`Self::perform`], by the method of the history that is given.
    pub(super) fn perform_by(
        &mut self,
        by: impl FnOnce(&mut History, &mut Project, Step) -> Result<Act, EditError>,
        name: &str,
        place: Option<(DocumentId, Span)>,
        edit: impl Into<Arc<Edit>>,
    ) -> bool {
        let (now, edit) = (self.stamps.now(), edit.into());
        let Some(open) = self.open.as_mut() else { return false };
        if open.session.is_read_only() {
            let key = if open.rest.is_some() { "notice-still-opening" } else { "notice-read-only" };
            self.problem(Message::new(key), Vec::new());
            return false;
        }
        keep_texts(&open.session, &edit);
        let step = Step { name: name.to_owned(), place, edit };
        match by(&mut open.history, &mut open.project, step) {
            Ok(act) => {
                self.record(act, now);
                true
            }
            Err(error) => {
                self.refuse(&error);
                false
            }
        }
    }

    fn undo(&mut self) {
        let last = self.open.as_ref().and_then(|open| open.history.done().last()).cloned();
        self.go_back(last, |history, project, edit| history.undo_by(project, edit));
    }

    fn redo(&mut self) {
        let last = self.open.as_ref().and_then(|open| open.history.undone().last()).cloned();
        self.go_back(last, |history, project, edit| history.redo_by(project, edit));
    }

    /// Takes a step of the history, the one given, and shows where it happened.
    fn go_back(
        &mut self,
        last: Option<Step>,
        step: impl FnOnce(&mut History, &mut Project, &Arc<Edit>) -> Result<Option<Act>, EditError>,
    ) {
        let now = self.stamps.now();
        let Some(mut last) = last else { return };
        match self.with_others_as_they_are(&last.edit) {
            Ok(None) => {}
            Ok(Some(edit)) => last.edit = Arc::new(edit),
            Err(one) => {
                let message = Message::new("notice-undo-others").text("coder", one.coder.name());
                self.problem(message, vec![one.quote.exact.to_string()]);
                return;
            }
        }
        let Some(open) = self.open.as_mut() else { return };
        keep_texts(&open.session, &last.edit);
        let place = last.place;
        match step(&mut open.history, &mut open.project, &last.edit) {
            Ok(Some(act)) => {
                self.record(act, now);
                self.forget_undone();
                if let Some((document, span)) = place {
                    self.reveal_span(document, span);
                }
            }
            Ok(None) => {}
            Err(error) => self.refuse(&error),
        }
    }

    fn record(&mut self, act: Act, now: crate::model::Timestamp) {
        let Some(open) = self.open.as_mut() else { return };
        let sequence = open.session.append(act, now);
        open.revision += 1;
        open.keeping.appended(sequence);
        self.after_change();
    }

    /// Lets go of what is no longer there.
    pub(super) fn after_change(&mut self) {
        if self.annotation().is_none() {
            self.annotation = None;
        }
        if self.document().is_none() {
            self.view.document =
                self.project().and_then(|project| project.documents().first()).map(|document| document.id);
            self.selection = None;
        }
        let length = self.document().map_or(0, |document| document.text.len());
        self.selection = self.selection().filter(|selection| selection.anchor.max(selection.focus) <= length);
    }

    fn refuse(&mut self, error: &EditError) {
        self.problem(Message::new("notice-refused").text("reason", error.to_string()), Vec::new());
    }
}

/// Has the texts written that an edit brings into the project, before the edit itself is journalled.
fn keep_texts(session: &Session, edit: &Edit) {
    match edit {
        Edit::InsertDocument { document, .. } | Edit::ReplaceDocument { document, .. } => {
            session.keep_text(Arc::clone(document));
        }
        Edit::Batch(edits) => edits.iter().for_each(|edit| keep_texts(session, edit)),
        _ => {}
    }
}

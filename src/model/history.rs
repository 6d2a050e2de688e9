//! What was done and can be undone, and what was undone and can be done again.

use serde::{Deserialize, Serialize};
use std::sync::Arc;

use super::{DocumentId, Edit, EditError, Project, Span};

/// One act on a project, as the journal records it: the edit that was applied, and what it meant for the history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Act {
    /// A new edit of the reader.
    Do(Step),
    /// The last step went on: an edit that is taken back together with it.
    Extend(Arc<Edit>),
    /// The last step was undone; the edit that did so.
    Undo(Arc<Edit>),
    /// The last undone step was done again; the edit that did so.
    Redo(Arc<Edit>),
}

impl Act {
    /// The edit that was applied.
    pub fn edit(&self) -> &Edit {
        match self {
            Self::Do(step) => &step.edit,
            Self::Extend(edit) | Self::Undo(edit) | Self::Redo(edit) => edit,
        }
    }
}

/// One step of the history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// What kind of step it is, such as `edit-tag`: a name for people who read the journal, not for the interface.
    pub name: String,
    /// Where the reader was, so that undo can bring them back.
    #[serde(default)]
    pub place: Option<(DocumentId, Span)>,
    /// The edit: to be applied by [`Act::Do`]; in the history, the one that takes the step back (or does it again).
    pub edit: Arc<Edit>,
}

/// What an edit comes to, found out on a clone of a project, so that the project itself can become that at once however large the edit is.
#[derive(Clone, Debug)]
pub struct Applied {
    edit: Arc<Edit>,
    inverse: Arc<Edit>,
    project: Project,
}

impl Applied {
    /// Applies an edit to a clone of a project.
    ///
    /// # Errors
    /// When the edit does not fit.
    pub fn to(project: &Project, edit: Edit) -> Result<Self, EditError> {
        let mut project = project.clone();
        let inverse = Arc::new(project.apply(&edit)?);
        Ok(Self { edit: Arc::new(edit), inverse, project })
    }

    /// The edit.
    pub fn edit(&self) -> &Arc<Edit> {
        &self.edit
    }
}

/// A stack of steps. A clone copies one pointer, however many steps there are, and what two stacks share can be told at once.
#[derive(Clone, Default)]
pub struct Steps {
    last: Option<Arc<Node>>,
    len: usize,
}

struct Node {
    step: Step,
    before: Option<Arc<Node>>,
}

impl Steps {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The latest.
    pub fn last(&self) -> Option<&Step> {
        self.last.as_ref().map(|node| &node.step)
    }

    /// All of them, the latest first.
    pub fn latest_first(&self) -> impl Iterator<Item = &Step> {
        std::iter::successors(self.last.as_deref(), |node| node.before.as_deref()).map(|node| &node.step)
    }

    /// How many of the earliest steps this stack shares with one that it was cloned from, or that was cloned from it. Costs as much as
    /// what they do not share.
    pub fn shared_with(&self, other: &Self) -> usize {
        let (mut one, mut two) = (self.last.as_ref(), other.last.as_ref());
        for _ in other.len..self.len {
            one = one.and_then(|node| node.before.as_ref());
        }
        for _ in self.len..other.len {
            two = two.and_then(|node| node.before.as_ref());
        }
        let mut len = self.len.min(other.len);
        while let (Some(first), Some(second)) = (one, two)
            && !Arc::ptr_eq(first, second)
        {
            (one, two) = (first.before.as_ref(), second.before.as_ref());
            len -= 1;
        }
        len
    }

    /// Puts a step on top.
    pub fn push(&mut self, step: Step) {
        self.last = Some(Arc::new(Node { step, before: self.last.take() }));
        self.len += 1;
    }

    /// Leaves so many of the earliest.
    pub fn truncate(&mut self, len: usize) {
        while self.len > len {
            self.pop();
        }
    }

    fn pop(&mut self) -> Option<Step> {
        let node = self.last.take()?;
        self.len -= 1;
        match Arc::try_unwrap(node) {
            Ok(mut node) => {
                self.last = node.before.take();
                Some(std::mem::replace(&mut node.step, nothing()))
            }
            Err(node) => {
                self.last.clone_from(&node.before);
                Some(node.step.clone())
            }
        }
    }
}

/// A step that does nothing.
fn nothing() -> Step {
    Step { name: String::new(), place: None, edit: Arc::new(Edit::Batch(Vec::new())) }
}

impl FromIterator<Step> for Steps {
    /// The latest comes last.
    fn from_iter<I: IntoIterator<Item = Step>>(steps: I) -> Self {
        let mut stack = Self::default();
        steps.into_iter().for_each(|step| stack.push(step));
        stack
    }
}

impl PartialEq for Steps {
    fn eq(&self, other: &Self) -> bool {
        let shared = self.shared_with(other);
        self.len == other.len
            && self
                .latest_first()
                .zip(other.latest_first())
                .take(self.len - shared)
                .all(|(one, two)| one == two)
    }
}

impl std::fmt::Debug for Steps {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.latest_first()).finish()
    }
}

impl Drop for Node {
    /// One after the other: a long stack would else be dropped as deep as it is long.
    fn drop(&mut self) {
        let mut before = self.before.take();
        while let Some(mut node) = before.and_then(Arc::into_inner) {
            before = node.before.take();
        }
    }
}

/// The steps that can be undone and redone. No limit but memory. A clone copies pointers, no step.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    done: Steps,
    undone: Steps,
}

impl History {
    /// A history from its two stacks.
    pub fn new(done: Steps, undone: Steps) -> Self {
        Self { done, undone }
    }

    /// The steps that can be undone; each holds the edit that undoes it.
    pub fn done(&self) -> &Steps {
        &self.done
    }

    /// The steps that can be done again; each holds the edit that does so.
    pub fn undone(&self) -> &Steps {
        &self.undone
    }

    /// Applies a step to the project and records it; what was undone before can no longer be done again.
    ///
    /// # Errors
    /// When the edit does not fit; project and history are then unchanged.
    pub fn perform(&mut self, project: &mut Project, step: Step) -> Result<Act, EditError> {
        let inverse = project.apply(&step.edit)?;
        self.undone = Steps::default();
        self.done.push(Step { edit: Arc::new(inverse), name: step.name.clone(), place: step.place });
        Ok(Act::Do(step))
    }

    /// As [`History::perform`] of a step whose edit was applied beforehand. The project must be as it was then: what it came to since is gone.
    pub fn adopt(&mut self, project: &mut Project, step: Step, applied: Applied) -> Act {
        debug_assert!(Arc::ptr_eq(&step.edit, &applied.edit), "the step is what was applied");
        *project = applied.project;
        self.undone = Steps::default();
        self.done.push(Step { edit: applied.inverse, name: step.name.clone(), place: step.place });
        Act::Do(step)
    }

    /// As [`History::perform`], but when the last step was of the same name and changed the same annotation, the new one goes on with it: one
    /// undo takes both back.
    ///
    /// # Errors
    /// When the edit does not fit; project and history are then unchanged.
    pub fn extend(&mut self, project: &mut Project, step: Step) -> Result<Act, EditError> {
        // What the last step put there is taken back by putting what was there before it, whatever came after.
        let goes_on = self.done.last().is_some_and(|last| match (&*last.edit, &*step.edit) {
            (Edit::PutAnnotation(before), Edit::PutAnnotation(after)) => {
                last.name == step.name && (before.document, before.id) == (after.document, after.id)
            }
            _ => false,
        });
        if !goes_on || !self.undone.is_empty() {
            return self.perform(project, step);
        }
        project.apply(&step.edit)?;
        Ok(Act::Extend(step.edit))
    }

    /// Takes the last step back; `None` when there is none.
    ///
    /// # Errors
    /// When the edit no longer fits; project and history are then unchanged.
    pub fn undo(&mut self, project: &mut Project) -> Result<Option<Act>, EditError> {
        Ok(shift(project, &mut self.done, &mut self.undone)?.map(Act::Undo))
    }

    /// [`Self::undo`] by another edit than the one that was kept, where what others made meanwhile is to stay.
    ///
    /// # Errors
    /// As [`Self::undo`].
    pub fn undo_by(&mut self, project: &mut Project, edit: &Arc<Edit>) -> Result<Option<Act>, EditError> {
        exchange(&mut self.done, edit);
        self.undo(project)
    }

    /// [`Self::redo`] by another edit than the one that was kept.
    ///
    /// # Errors
    /// As [`Self::redo`].
    pub fn redo_by(&mut self, project: &mut Project, edit: &Arc<Edit>) -> Result<Option<Act>, EditError> {
        exchange(&mut self.undone, edit);
        self.redo(project)
    }

    /// Does the last undone step again; `None` when there is none.
    ///
    /// # Errors
    /// When the edit no longer fits; project and history are then unchanged.
    pub fn redo(&mut self, project: &mut Project) -> Result<Option<Act>, EditError> {
        Ok(shift(project, &mut self.undone, &mut self.done)?.map(Act::Redo))
    }

    /// Applies an act that a journal recorded, so that project and history become what they were.
    ///
    /// # Errors
    /// When the act does not fit the project, which is then unchanged.
    pub fn replay(&mut self, project: &mut Project, act: Act) -> Result<(), EditError> {
        match act {
            Act::Do(step) => self.perform(project, step).map(|_| ()),
            Act::Extend(edit) => {
                let step = Step { edit, ..self.done.last().cloned().unwrap_or_else(nothing) };
                self.extend(project, step).map(|_| ())
            }
            Act::Undo(edit) => replay_shift(project, &edit, &mut self.done, &mut self.undone),
            Act::Redo(edit) => replay_shift(project, &edit, &mut self.undone, &mut self.done),
        }
    }
}

/// Puts another edit into the last step.
fn exchange(steps: &mut Steps, edit: &Arc<Edit>) {
    let is_other = steps.last().is_some_and(|step| !Arc::ptr_eq(&step.edit, edit));
    if is_other && let Some(step) = steps.pop() {
        steps.push(Step { edit: Arc::clone(edit), ..step });
    }
}

/// Applies the last step of one stack and moves it, inverted, to the other; returns the edit that was applied.
fn shift(project: &mut Project, from: &mut Steps, to: &mut Steps) -> Result<Option<Arc<Edit>>, EditError> {
    let Some(step) = from.last() else { return Ok(None) };
    let inverse = project.apply(&step.edit)?;
    let step = from.pop().expect("there was a last step");
    to.push(Step { edit: Arc::new(inverse), name: step.name, place: step.place });
    Ok(Some(step.edit))
}

/// Applies a recorded undo or redo: the journal's edit counts, and the stacks follow as far as they go.
fn replay_shift(
    project: &mut Project,
    edit: &Edit,
    from: &mut Steps,
    to: &mut Steps,
) -> Result<(), EditError> {
    let inverse = project.apply(edit)?;
    let (name, place) = from.pop().map_or((String::new(), None), |step| (step.name, step.place));
    to.push(Step { edit: Arc::new(inverse), name, place });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(name: usize) -> Step {
        Step { name: name.to_string(), ..nothing() }
    }

    fn names(steps: &Steps) -> Vec<&str> {
        steps.latest_first().map(|step| step.name.as_str()).collect()
    }

    #[test]
    fn a_stack_knows_what_it_shares_with_its_clone() {
        let mut one: Steps = (0..5).map(step).collect();
        let two = one.clone();
        assert_eq!(one.shared_with(&two), 5);
        one.push(step(5));
        assert_eq!((one.shared_with(&two), two.shared_with(&one)), (5, 5));
        one.truncate(2);
        one.push(step(9));
        assert_eq!((one.shared_with(&two), two.shared_with(&one)), (2, 2));
        assert_eq!((names(&one), names(&two)), (vec!["9", "1", "0"], vec!["4", "3", "2", "1", "0"]));
        let equal: Steps = (0..5).map(step).collect();
        assert_eq!((equal.shared_with(&two), equal == two, one == two), (0, true, false));
        assert_eq!(Steps::default().shared_with(&two), 0);
    }

    #[test]
    fn a_stack_of_a_million_steps_is_dropped_without_exhausting_the_machines_own() {
        let many: Steps = (0..1_000_000).map(step).collect();
        let mut clone = many.clone();
        clone.push(step(0));
        drop(many);
        assert_eq!(clone.len(), 1_000_001);
        drop(clone);
    }
}

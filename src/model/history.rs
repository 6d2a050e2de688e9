//! What was done and can be undone, and what was undone and can be done again.

use serde::{Deserialize, Serialize};
use std::sync::Arc;

use super::{DocumentId, Edit, EditError, Project, Span};

/// One act on a project, as the journal records it: the edit that was applied, and what it meant for the history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Act {
    /// A new edit of the reader.
    Do(Step),
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
            Self::Undo(edit) | Self::Redo(edit) => edit,
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

/// The steps that can be undone and redone. No limit but memory. A clone copies pointers and names, no edit.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct History {
    done: Vec<Step>,
    undone: Vec<Step>,
}

impl History {
    /// A history from its two stacks, latest last.
    pub fn new(done: Vec<Step>, undone: Vec<Step>) -> Self {
        Self { done, undone }
    }

    /// The steps that can be undone, latest last; each holds the edit that undoes it.
    pub fn done(&self) -> &[Step] {
        &self.done
    }

    /// The steps that can be done again, latest last; each holds the edit that does so.
    pub fn undone(&self) -> &[Step] {
        &self.undone
    }

    /// Applies a step to the project and records it; what was undone before can no longer be done again.
    ///
    /// # Errors
    /// When the edit does not fit; project and history are then unchanged.
    pub fn perform(&mut self, project: &mut Project, step: Step) -> Result<Act, EditError> {
        let inverse = project.apply(&step.edit)?;
        self.undone.clear();
        self.done.push(Step { edit: Arc::new(inverse), name: step.name.clone(), place: step.place });
        Ok(Act::Do(step))
    }

    /// Takes the last step back; `None` when there is none.
    ///
    /// # Errors
    /// When the edit no longer fits; project and history are then unchanged.
    pub fn undo(&mut self, project: &mut Project) -> Result<Option<Act>, EditError> {
        Ok(shift(project, &mut self.done, &mut self.undone)?.map(Act::Undo))
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
            Act::Undo(edit) => replay_shift(project, &edit, &mut self.done, &mut self.undone),
            Act::Redo(edit) => replay_shift(project, &edit, &mut self.undone, &mut self.done),
        }
    }
}

/// Applies the last step of one stack and moves it, inverted, to the other; returns the edit that was applied.
fn shift(
    project: &mut Project,
    from: &mut Vec<Step>,
    to: &mut Vec<Step>,
) -> Result<Option<Arc<Edit>>, EditError> {
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
    from: &mut Vec<Step>,
    to: &mut Vec<Step>,
) -> Result<(), EditError> {
    let inverse = project.apply(edit)?;
    let (name, place) = from.pop().map_or((String::new(), None), |step| (step.name, step.place));
    to.push(Step { edit: Arc::new(inverse), name, place });
    Ok(())
}

//! The named commands: one table that feeds menus, shortcuts and help.

/// A key combination that runs a command. `control` is Command on a Mac.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shortcut {
    /// Whether Ctrl is held.
    pub control: bool,
    /// Whether Shift is held.
    pub shift: bool,
    /// The key by its name on a Latin keyboard: `S`, `Plus`, `Delete`, `F1`.
    pub key: &'static str,
}

const fn control(key: &'static str) -> Option<Shortcut> {
    Some(Shortcut { control: true, shift: false, key })
}

const fn control_shift(key: &'static str) -> Option<Shortcut> {
    Some(Shortcut { control: true, shift: true, key })
}

const fn plain(key: &'static str) -> Option<Shortcut> {
    Some(Shortcut { control: false, shift: false, key })
}

const fn shift(key: &'static str) -> Option<Shortcut> {
    Some(Shortcut { control: false, shift: true, key })
}

/// The menu a command stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Menu {
    /// Projects, documents, export.
    File,
    /// Undo, copy.
    Edit,
    /// Marks and tags.
    Annotate,
    /// How it looks.
    View,
    /// What to know.
    Help,
}

/// The menus in their order.
pub const MENUS: [Menu; 5] = [Menu::File, Menu::Edit, Menu::Annotate, Menu::View, Menu::Help];

impl Menu {
    /// The key of its title in the interface's messages.
    pub fn message(self) -> &'static str {
        match self {
            Self::File => "menu-file",
            Self::Edit => "menu-edit",
            Self::Annotate => "menu-annotate",
            Self::View => "menu-view",
            Self::Help => "menu-help",
        }
    }
}

/// What must be there for a command to make sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing.
    Nothing,
    /// An open project.
    Project,
    /// An open project that may be changed.
    Writing,
    /// A document in the reading view.
    Document,
    /// Selected text.
    Selection,
    /// A selected annotation, in a project that may be changed.
    Annotation,
    /// A step to undo.
    Done,
    /// A step to do again.
    Undone,
}

macro_rules! commands {
    ($($(#[$doc:meta])* $name:ident $message:literal $menu:ident $group:literal $shortcut:expr, $needs:ident;)*) => {
        /// A command that has a name and carries nothing.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Command {
            $($(#[$doc])* $name,)*
        }

        impl Command {
            /// All commands, in the order of the menus.
            pub const ALL: &'static [Command] = &[$(Command::$name,)*];

            /// The key of its label in the interface's messages.
            pub fn message(self) -> &'static str {
                match self {
                    $(Command::$name => $message,)*
                }
            }

            /// The menu it stands in, and its group there; a line parts the groups.
            pub fn place(self) -> (Menu, u8) {
                match self {
                    $(Command::$name => (Menu::$menu, $group),)*
                }
            }

            /// The keys that run it.
            pub fn shortcut(self) -> Option<Shortcut> {
                match self {
                    $(Command::$name => $shortcut,)*
                }
            }

            /// What it needs.
            pub fn needs(self) -> Needs {
                match self {
                    $(Command::$name => Needs::$needs,)*
                }
            }
        }
    };
}

commands! {
    /// Starts an empty project.
    New "command-new" File 0 control("N"), Nothing;
    /// Opens a folder of documents or a project.
    OpenFolder "command-open-folder" File 0 control("O"), Nothing;
    /// Imports further documents.
    AddDocuments "command-add-documents" File 1 None, Writing;
    /// Puts a new version of the open document in its place.
    UpdateDocument "command-update-document" File 1 None, Document;
    /// Looks in the source folder for files that are new, changed or gone.
    LookForChanges "command-look-for-changes" File 1 None, Writing;
    /// Takes the open document out of the project.
    RemoveDocument "command-remove-document" File 1 None, Document;
    /// Shows where the open document came from and how it was decoded.
    DocumentDetails "command-document-details" File 1 control("I"), Document;
    /// Writes the project.
    Save "command-save" File 2 control("S"), Writing;
    /// Gives the project a place, or another one.
    SaveAs "command-save-as" File 2 control_shift("S"), Project;
    /// Shows earlier states of the project, to compare and to go back to.
    Snapshots "command-snapshots" File 2 None, Project;
    /// Writes the annotation table for other programs.
    Export "command-export" File 3 control("E"), Project;
    /// Takes in annotations that were made elsewhere.
    Import "command-import" File 3 control("J"), Writing;
    /// Closes the window.
    Quit "command-quit" File 4 control("Q"), Nothing;
    /// Takes the last change back.
    Undo "command-undo" Edit 0 control("Z"), Done;
    /// Makes the change again that was taken back.
    Redo "command-redo" Edit 0 control_shift("Z"), Undone;
    /// Copies the selected text.
    Copy "command-copy" Edit 1 control("C"), Selection;
    /// Selects the whole document.
    SelectAll "command-select-all" Edit 1 control("A"), Document;
    /// Finds words in the open document.
    Find "command-find" Edit 2 control("F"), Document;
    /// Goes to the next hit.
    FindNext "command-find-next" Edit 2 plain("F3"), Document;
    /// Goes to the hit before.
    FindPrevious "command-find-previous" Edit 2 shift("F3"), Document;
    /// Puts the caret at a paragraph or character of a given number.
    GoTo "command-go-to" Edit 2 control("G"), Document;
    /// Offers the tags for the selected text.
    TagSelection "command-tag-selection" Annotate 0 control("T"), Selection;
    /// Makes the selected text the span of the selected annotation.
    MoveEnds "command-move-ends" Annotate 0 control_shift("M"), Annotation;
    /// Removes the selected annotation.
    DeleteAnnotation "command-delete-annotation" Annotate 0 plain("Delete"), Annotation;
    /// Adds a tag to the codebook.
    NewTag "command-new-tag" Annotate 1 control_shift("T"), Writing;
    /// Goes to the annotation after the selected one.
    NextAnnotation "command-next-annotation" Annotate 2 plain("F8"), Document;
    /// Goes to the annotation before the selected one.
    PreviousAnnotation "command-previous-annotation" Annotate 2 shift("F8"), Document;
    /// Opens the next document.
    NextDocument "command-next-document" View 0 control("PageDown"), Project;
    /// Opens the document before.
    PreviousDocument "command-previous-document" View 0 control("PageUp"), Project;
    /// Shows in what documents are set: font, size, leading, measure.
    Reading "command-reading" View 1 control_shift("R"), Project;
    /// Makes the text larger.
    LargerText "command-larger-text" View 1 control("Plus"), Nothing;
    /// Makes the text smaller.
    SmallerText "command-smaller-text" View 1 control("Minus"), Nothing;
    /// Gives the text its first size.
    ResetText "command-reset-text" View 1 control("0"), Nothing;
    /// Ink on paper.
    ThemeLight "command-theme-light" View 2 None, Nothing;
    /// Ink on old paper.
    ThemeSepia "command-theme-sepia" View 2 None, Nothing;
    /// Light on dark.
    ThemeDark "command-theme-dark" View 2 None, Nothing;
    /// The strongest contrast.
    ThemeContrast "command-theme-contrast" View 2 None, Nothing;
    /// Shows or hides the document list.
    ShowDocuments "command-show-documents" View 3 plain("F5"), Nothing;
    /// Shows or hides the codebook and the card.
    ShowCodebook "command-show-codebook" View 3 plain("F6"), Nothing;
    /// Shows or hides the annotation table.
    ShowTable "command-show-table" View 3 plain("F7"), Nothing;
    /// Numbers the paragraphs in the margin, or not.
    ShowNumbers "command-show-numbers" View 4 None, Nothing;
    /// Marks invisible characters, or not.
    ShowInvisibles "command-show-invisibles" View 4 control_shift("8"), Nothing;
    /// Lists the shortcuts.
    Shortcuts "command-shortcuts" Help 0 plain("F1"), Nothing;
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn no_two_commands_share_a_label_or_a_shortcut() {
        let mut messages = HashSet::new();
        let mut shortcuts = HashSet::new();
        for command in Command::ALL {
            assert!(messages.insert(command.message()), "{command:?}");
            if let Some(shortcut) = command.shortcut() {
                assert!(shortcuts.insert(format!("{shortcut:?}")), "{command:?}");
            }
        }
    }
}

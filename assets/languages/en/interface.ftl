# The interface's words in English. One message a thing that is said; names in { } are filled in.

window-title = Hashiya
window-name = حاشية
list-separator = ،{" "}

menu-file = File
menu-edit = Edit
menu-annotate = Annotate
menu-view = View
menu-help = Help

command-new = New project
command-open-folder = Open folder…
command-open-recent = Open recent
command-add-documents = Add documents…
command-update-document = Update document…
command-look-for-changes = Look for changes in the source folder
command-remove-document = Remove document
command-document-details = Document details…
command-save = Save
command-save-as = Save as…
command-snapshots = Snapshots…
command-export = Export…
command-import = Import annotations…
command-quit = Quit
command-undo = Undo
command-redo = Redo
command-copy = Copy
command-select-all = Select all
command-find = Find…
command-find-next = Find next
command-find-previous = Find previous
command-go-to = Go to…
command-tag-selection = Tag the selection…
command-move-ends = Move the annotation to the selection
command-delete-annotation = Delete annotation
command-new-tag = New tag…
command-next-annotation = Next annotation
command-previous-annotation = Previous annotation
command-next-document = Next document
command-previous-document = Previous document
command-reading = Reading…
command-larger-text = Larger text
command-smaller-text = Smaller text
command-reset-text = Usual text size
command-theme-light = Light
command-theme-sepia = Sepia
command-theme-dark = Dark
command-theme-contrast = High contrast
command-show-documents = Document list
command-show-codebook = Codebook and card
command-show-table = Annotation table
command-show-numbers = Paragraph numbers
command-show-invisibles = Invisible characters
command-shortcuts = Keyboard shortcuts

keys-digits = Tag the selection with one of the first nine tags
keys-words = Move the caret by words
keys-paragraphs = Move the caret by paragraphs
keys-extend = Extend the selection
keys-escape = Put the tags, the selection or a dialog away

field-cut = Cut
field-paste = Paste

dialog-ok = OK
dialog-cancel = Cancel
dialog-close = Close

start-title = Read closely. Mark what matters.
start-text = Open a folder of text files: nothing is written beside them. Or open a project, a folder that ends in .hashiya.
start-open = Open folder…
start-recent = Opened before
start-opening = Opening…

reading-view = Reading view
scroll-bar = Scroll position
reading-empty = This document is empty.
reading-none = Choose a document from the list.

go-to-title = Go to
go-to-number = Number
go-to-paragraph = Paragraph
go-to-character = Character
go-to-range = From { $first } to { $last }
go-to-go = Go

invisible-at = { $name }, U+{ $code }
invisible-non-joiner = Zero-width non-joiner
invisible-joiner = Zero-width joiner
invisible-left-to-right-mark = Left-to-right mark
invisible-right-to-left-mark = Right-to-left mark
invisible-arabic-letter-mark = Arabic letter mark
invisible-left-to-right-embedding = Left-to-right embedding
invisible-right-to-left-embedding = Right-to-left embedding
invisible-left-to-right-override = Left-to-right override
invisible-right-to-left-override = Right-to-left override
invisible-pop-embedding = End of embedding or override
invisible-left-to-right-isolate = Left-to-right isolate
invisible-right-to-left-isolate = Right-to-left isolate
invisible-first-strong-isolate = First-strong isolate
invisible-pop-isolate = End of isolate
invisible-no-break-space = No-break space
invisible-narrow-no-break-space = Narrow no-break space
invisible-other-space = Space of another width
invisible-zero-width-space = Zero-width space
invisible-word-joiner = Word joiner
invisible-byte-order-mark = Byte order mark
invisible-soft-hyphen = Soft hyphen
invisible-tatweel = Tatweel
invisible-tab = Tab
invisible-control = Control character
invisible-trailing-space = Space at the end of a paragraph
invisible-paragraph-end = End of the paragraph

find-words = Find in this document
find-count = { $at } of { $count }
find-found = { $count ->
    [one] 1 hit
   *[other] { $count } hits
}
find-none = no hit
find-searching = searching…
find-next = Next hit
find-previous = Previous hit
find-close = Stop finding

gloss = Gloss on { $quote }: { $tags } { $note }

annotation-select = Select annotation
annotation-ends = Move its ends to the selection

landmark-documents = Documents
landmark-codebook = Codebook
landmark-table = Annotations
landmark-foot = Status
landmark-notices = Notices
landmark-glosses = Glosses

panel-documents = DOCUMENTS
panel-codebook = CODEBOOK
panel-annotation = ANNOTATION

documents-filter = Filter documents
documents-none = No documents yet. File ▸ Add documents… imports some.
documents-none-found = No title holds these words.
documents-marks = { $count ->
    [0] no marks
    [one] 1 mark
   *[other] { $count } marks
}
documents-row = Document { $title }, { $count ->
    [0] no marks
    [one] 1 mark
   *[other] { $count } marks
}

codebook-none = No tags yet. Select some text and type a name.
codebook-add = + New tag…
codebook-row = Tag { $name }, used { $count ->
    [one] once
   *[other] { $count } times
}
codebook-withdrawn = { $name } was removed by somebody while annotations carry it. Renaming or defining it takes it back into use.
codebook-row-withdrawn = Tag { $name }, removed and still used { $count ->
    [one] once
   *[other] { $count } times
}
codebook-edit = Rename, recolour, define…
codebook-show-marks = Show its annotations in the table
codebook-remove = Delete tag

card-none = Select text to mark it, or click a highlight to see what was said of it.
card-count = { $at } of { $count }
card-note = Note
card-move-ends = Move to selection
card-delete = Delete
card-add-tag = + tag
card-remove-tag = Take off { $name }
card-coder = By { $coder }
card-made = Made { $time }
card-changed = Changed { $time }
card-attribute = { $key }: { $value }
card-relation = { $kind } → { $quote }
card-relation-nothing = an annotation that is no longer there

palette-filter = Filter tags
palette-hint = Tag the selection…
palette-none = Type the name of the first tag, then press Enter.
palette-new = New tag { $name }

table-title = Annotations { $count }
table-title-filtered = Annotations { $shown } of { $count }
table-filter = Filter annotations
table-none = What you mark stands here, one row an annotation.
table-none-found = No annotation holds these words.
table-row = Annotation { $quote }, { $tags }
column-document = Document
column-quote = Quote
column-tags = Tags
column-note = Note
column-position = Position
row-show = Show in the text
row-copy = Copy row
row-copy-quote = Copy quote

foot-position = ¶{ $paragraph } · char { $at } of { $all }
foot-selected = { " " }· { $count } selected
foot-saved = saved
foot-saving = saving…
foot-journalled = kept in the journal
foot-not-saved = not saved
foot-read-only = read only
foot-opening = reading annotations
foot-conflicts = not saved: a choice is waiting
foot-text-size = { $family } { $size }

job-opening = opening
job-importing = importing
job-exporting = exporting
job-reading-back = reading it back
job-glancing = preparing the preview
job-sorting = sorting
job-finding = searching
job-snapshots = reading snapshots
job-comparing = comparing
job-looking = looking through the source folder
job-reading = reading
job-cancel = Cancel
job-stopping = { $job }: stopping

notice-dismiss = Put this notice away
notice-refused = That could not be done: { $reason }.
notice-still-opening = The annotations of this project are still being read; it can be changed when they are there.
notice-read-only = This project is open for reading only, so nothing was changed.
notice-read-only-by = { $owner } has this project open in another window (process { $process } on { $host }, since { $since }), so it is shown for reading only. It can be changed here once that window is closed.
notice-read-only-doubt = { $owner } may still have this project open on { $host } (last sign of life { $heartbeat }, by its own clock), so it is shown for reading only. If nothing is heard of it within a minute, it can be changed here.
notice-taken-over = The lock that { $owner } left behind on { $host } (process { $process }, last sign of life { $heartbeat }) was taken over.
notice-lock-lost = { $owner } has opened this project on { $host } (process { $process }) while this window was not looking. It is shown for reading only from now on, and nothing was overwritten.
notice-lock-free = Nobody else has this project open any more: it can be changed here now.
notice-snapshot = A snapshot is kept, with { $count ->
    [one] one annotation.
   *[other] { $count } annotations.
}
notice-snapshot-named = The snapshot “{ $title }” is kept, with { $count ->
    [one] one annotation.
   *[other] { $count } annotations.
}
notice-no-snapshot = No snapshot could be kept: { $reason }. Everything else goes on as before.
notice-restored = The project is as it was on { $date }. Undo takes that back, and a snapshot was kept of how it was just now.
restored-unread = { $count ->
    [one] One file of the snapshot could not be read; what belongs to it stays as it was.
   *[other] { $count } files of the snapshot could not be read; what belongs to them stays as it was.
}
restored-kept = { $title } keeps its new text: another coder has marked what has no place in the old one.
notice-merged = This project was changed outside this window, and the changes are taken over here. Undo takes back what concerns your own annotations and tags.
notice-conflicts = { $count ->
    [one] One thing was changed here and outside this window, each in another way. Choose which counts: until then nothing is saved, and nothing is lost. Save asks again.
   *[other] { $count } things were changed here and outside this window, each in another way. Choose which count: until then nothing is saved, and nothing is lost. Save asks again.
}
notice-not-merged = What was changed outside this window does not fit what was changed here. Nothing was overwritten: use Save as… to keep this version elsewhere.
notice-unsettled = Another program has changed files of this project, and they cannot be taken over as they are. They are not overwritten.
notice-written-again = Files of this project were gone although nobody had removed what is in them. They are written again.
notice-undo-others = That cannot be undone: { $coder } has marked the document's new text since, and what was marked has no place in the earlier text.
notice-not-yours = This annotation is { $owner }'s, and only { $owner } changes it.
merged-others-added = { $count ->
    [one] One new annotation by { $coders } is shown.
   *[other] { $count } new annotations by { $coders } are shown.
}
merged-others-changed = { $count ->
    [one] One annotation was changed by { $coders }.
   *[other] { $count } annotations were changed by { $coders }.
}
merged-others-removed = { $count ->
    [one] One annotation was removed by { $coders }.
   *[other] { $count } annotations were removed by { $coders }.
}
merged-own-added = { $count ->
    [one] One annotation of yours came from outside this window.
   *[other] { $count } annotations of yours came from outside this window.
}
merged-own-changed = { $count ->
    [one] One annotation of yours was changed outside this window; Undo takes that back.
   *[other] { $count } annotations of yours were changed outside this window; Undo takes that back.
}
merged-own-removed = { $count ->
    [one] One annotation of yours was removed outside this window; Undo brings it back.
   *[other] { $count } annotations of yours were removed outside this window; Undo brings them back.
}
merged-tags-added = { $count ->
    [one] One tag is new.
   *[other] { $count } tags are new.
}
merged-tags-changed = { $count ->
    [one] One tag was changed.
   *[other] { $count } tags were changed.
}
merged-tags-removed = { $count ->
    [one] One tag was removed.
   *[other] { $count } tags were removed.
}
merged-tags-withdrawn = { $count ->
    [one] One tag was removed outside this window; it stays, marked so, because annotations carry it.
   *[other] { $count } tags were removed outside this window; they stay, marked so, because annotations carry them.
}
merged-documents-added = { $count ->
    [one] One document is new.
   *[other] { $count } documents are new.
}
merged-documents-changed = { $count ->
    [one] One document has a new version.
   *[other] { $count } documents have a new version.
}
merged-documents-removed = { $count ->
    [one] One document was removed; Undo brings it back.
   *[other] { $count } documents were removed; Undo brings them back.
}
merged-title = The project is now called { $title }.
notice-unwritable = This project's folder cannot be written, so it is shown for reading only: { $reason }
notice-not-saved = Not saved: { $reason }. It is tried again by itself, and with Save.
notice-not-saved-kept = Not saved: { $reason }. Your edits are kept in { $folder } meanwhile; it is tried again by itself, and with Save.
notice-not-opened = Not opened: { $reason }
notice-empty-folder = There are no text files in { $path }. Hashiya reads files whose names end in .txt.
notice-refused-files = { $count ->
    [one] One file could not be read; the rest are here.
   *[other] { $count } files could not be read; the rest are here.
}
notice-recovered = { $count ->
    [one] One edit was recovered from the journal.
   *[other] { $count } edits were recovered from the journal.
}
notice-recovered-torn = { $count ->
    [0] The last line of the journal was torn and set aside; everything before it is here.
    [one] One edit was recovered from the journal; its last line was torn and set aside.
   *[other] { $count } edits were recovered from the journal; its last line was torn and set aside.
}
notice-faults = Something in this project is not as it should be.
notice-exported = Exported { $count ->
    [0] no annotations
    [one] one annotation
   *[other] { $count } annotations
} to { $path }.
notice-exported-verified = Exported { $count ->
    [0] no annotations
    [one] one annotation
   *[other] { $count } annotations
} to { $path }; read back, it says the same.
notice-not-absolute = { $path } is no full path: a full path begins with /.
notice-not-exported = Not exported: { $reason }.
notice-export-cancelled = The export was cancelled; { $path } is as it was before.
notice-import-cancelled = The import was cancelled; nothing was changed.
notice-moved = The project is now kept in { $path }.
notice-not-moved = Not moved: { $reason }.
notice-added = { $count ->
    [one] One document was added.
   *[other] { $count } documents were added.
}
notice-nothing-added = No document was added.
notice-not-decoded = The document was not decoded anew: { $reason }
notice-no-source = The source file of this document is not known, so it cannot be decoded anew.
notice-replaced-characters = { $count ->
    [one] One malformed sequence became the replacement character.
   *[other] { $count } malformed sequences became the replacement character.
} Another encoding may fit better.
notice-updated = { $count ->
    [one] The document was updated
   *[other] { $count } documents were updated
}{ $annotations ->
    [0] {""}
    [one] ; one annotation has its place
   *[other] ; { $annotations } annotations have their places
}{ $dropped ->
    [0] .
    [one] , and one was dropped.
   *[other] , and { $dropped } were dropped.
} Undo brings everything back.
notice-renamed = { $count ->
    [0] The renamed files are no longer as they were found; look again.
    [one] One document has its source under the new name.
   *[other] { $count } documents have their sources under the new names.
}
updated-dropped-of-other = { $count ->
    [one] One of the annotations that were dropped was by { $coder }.
   *[other] { $count } of the annotations that were dropped were by { $coder }.
}
notice-same-text = { $count ->
    [one] The file holds the same text as the document; there is nothing to update.
   *[other] The files hold the same texts as the documents; there is nothing to update.
}
notice-not-updated = { $count ->
    [one] One document was not updated, because its file could not be read.
   *[other] { $count } documents were not updated, because their files could not be read.
}
notice-no-earlier = The earlier text cannot be shown: { $reason }
notice-no-changes = Nothing changed in the source folder.
notice-no-sources = The source files of this project are not known.
notice-not-looked = The source folder could not be looked through: { $reason }
notice-not-looked-at = { $count ->
    [one] One file in the source folder could not be read.
   *[other] { $count } files in the source folder could not be read.
}

notice-font-missing = The font { $font } is not on this machine, so documents are set in Amiri. The choice is kept.

path-open-folder = Open folder
path-add-documents = Add documents
path-update-document = Update document
path-save-as = Save as
path-export = Export
path-import = Import annotations
path-no-dialog = This machine has no file dialog (a desktop portal, or the program zenity). Type a full path instead.

leave-title = The project could not be saved
leave-kept = Your edits are not lost: they are in memory and in the journal or the recovery folder. Try again, save elsewhere, or go on and recover them later.
leave-again = Try again
leave-anyway = Go on anyway
leave-quit-anyway = Quit anyway
leave-stay = Stay here

details-title = Document details
details-source = From { $path }
details-size = { $count ->
    [one] One character
   *[other] { $count } characters
}, { $size } of UTF-8
details-lines-lf = Lines ended with LF, as they do here
details-lines-crlf = Lines ended with CR LF; here they end with LF
details-lines-cr = Lines ended with CR; here they end with LF
details-lines-mixed = Lines ended in several ways; here they end with LF
details-bom = A byte order mark was taken off
details-replaced = { $count ->
    [one] One malformed sequence was replaced
   *[other] { $count } malformed sequences were replaced
}
details-encoding = Encoding
details-encoding-help = If the letters are wrong, choose another encoding: the file is read anew, and Undo brings this text back.

details-update = Update…
details-earlier = { $count ->
    [one] One earlier text is kept
   *[other] { $count } earlier texts are kept
}
details-earlier-entry = { $when } UTC, { $encoding }, { $path }
details-earlier-show = Show

earlier-title = Earlier text of { $title }
excerpt-back = Text before
excerpt-on = Text after

new-version-help = The new text is compared with this one, and every annotation is carried over to it. You see what becomes of each before anything changes.
new-version-source = Its source file: { $path }
new-version-choose = Choose a file…
new-version-again = Read the source file

update-title = Update { $title }
update-title-many = Update { $count } documents
update-tab-open = To decide { $count }
update-tab-likely = Likely { $count }
update-tab-sure = Sure { $count }
update-none = There are no annotations in it.
update-none-open = Nothing to decide: every annotation has its place.
update-open = Their words are gone or changed much, or stand in several places. Say where each belongs, or let it go.
update-likely = Each stands where only it can be meant, but something in it or at its edge changed.
update-sure = The same words stand in the one place where they can be meant.
update-list = Annotations
update-state-placed = placed
update-state-by-hand = placed by hand
update-state-dropped = dropped
update-state-lost = not found
update-state-proposed = place proposed
update-before = In the text as it is
update-marked-by = marked by { $coder }
update-after = In the new text
update-how-sure = sure: the same words, in the one place where they can be meant
update-how-likely = likely: something in it or at its edge changed
update-how-unsure = unsure: much changed, or it could stand elsewhere too
update-how-lost = not found: its words stood about here
update-how-by-hand = placed by you
update-accept = Accept this place
update-place = Place at the selection
update-drop = Drop
update-drop-lost = Drop all not found
update-drops-other = { $count ->
    [one] Agreed: one annotation by { $coder } will be removed
   *[other] Agreed: { $count } annotations by { $coder } will be removed
}
update-drops-others = Agreed: { $count } annotations by others will be removed: { $list }
update-drops-each = { $count } by { $coder }
update-left = { $count } to decide
update-apply = Update

rescan-title = Changes in the source folder
rescan-renamed = { $count ->
    [one] One file has another name or folder; its text is the same
   *[other] { $count } files have other names or folders; their texts are the same
}
rescan-altered = { $count ->
    [one] One file may be renamed and changed; compare to see
   *[other] { $count } files may be renamed and changed; compare to see
}
rescan-row-renamed = renamed from { $from } to { $to }
rescan-row-moved = moved from { $from } to { $to }
rescan-percent = { $percent } % alike
rescan-compare = Compare
rescan-part = It is new
rescan-changed = { $count ->
    [one] One file changed
   *[other] { $count } files changed
}
rescan-new = { $count ->
    [one] One new file
   *[other] { $count } new files
}
rescan-vanished = { $count ->
    [one] One file is gone; its document stays
   *[other] { $count } files are gone; their documents stay
}
rescan-update = Compare what changed
rescan-add = Add what is new
rescan-follow = { $count ->
    [one] Take over the new name
   *[other] Take over the new names
}

tag-title = Tag
tag-title-new = New tag
tag-name = Name of the tag
tag-color = Colour { $number }
tag-definition = What it is for
tag-taken = There is already a tag { $name }.

tag-unknown = unknown tag { $id }

changed-title = { $count ->
    [one] Changed on both sides
   *[other] Changed on both sides: { $at } of { $count }
}
changed-annotation = This annotation was changed here and outside this window, each in another way. Which counts? Undo brings the other back.
changed-annotation-removed = This annotation was removed on one side and changed on the other. Which counts? Undo brings the other back.
changed-tag = This tag was changed here and outside this window, each in another way. Which counts?
changed-tag-removed = This tag was removed on one side and changed on the other. Which counts?
changed-tag-name = Two tags have come to have this name, one here and one outside this window.
changed-tag-order = The tags were put in another order here and outside this window. Which order counts?
changed-project-title = The project was given another title here and outside this window. Which counts?
changed-document = This document has another text here than outside this window. Which counts? The other text is kept among the earlier ones.
changed-document-removed = This document was removed on one side and worked on by the other. Which counts?
changed-lost = { $count ->
    [one] One annotation has no place in the other version:
   *[other] { $count } annotations have no place in the other version:
}
changed-mine = As it is here
changed-theirs = As it is outside this window
changed-two-tags = Keep two tags
changed-two-tags-text = The other one is called { $name } from now on.
changed-one-tag = Make them one tag
changed-one-tag-text = Your annotations carry the other tag instead.
changed-is-removed = Removed
changed-stays = It stays
changed-nothing = nothing
changed-place = Marked text
changed-attributes = Attributes
changed-relations = Relations
changed-when = Changed at
changed-color = Colour
changed-parent = Stands under
changed-top = no other tag
changed-shortcut = Shortcut
changed-next = Next
changed-back = Back
changed-rest = The rest like this
changed-done = Take over
changed-later = Later

snapshots-title = Snapshots
snapshots-text = A snapshot keeps all annotations, tags and the list of documents. One is made by itself at the first save of a day, and before anything is imported or restored; those grow rarer with age. Those that you take yourself stay.
snapshots-name = Name of a new snapshot
snapshots-take = Take a snapshot
snapshots-none = There are none yet.
snapshots-reading = Reading…
snapshots-comparing = Comparing…
snapshots-unusable = This snapshot cannot be used: { $reason }
snapshots-restore = Restore
snapshot-asked = taken by hand
snapshot-daily = before the first save of the day
snapshot-restore = before another was restored
snapshot-import = before an import
snapshot-counts = { $annotations ->
    [one] one annotation
   *[other] { $annotations } annotations
} · { $tags ->
    [one] one tag
   *[other] { $tags } tags
} · { $documents ->
    [one] one document
   *[other] { $documents } documents
}
snapshot-row = Snapshot of { $date }, { $why }: { $counts }, by { $coder }
since-title = Changed since then
since-nothing = Nothing has changed since then.
since-annotations = Annotations: { $added } added, { $changed } changed, { $removed } removed.
since-tags = Tags: { $added } added, { $changed } changed, { $removed } removed.
since-documents = Documents: { $added } added, { $changed } changed, { $removed } removed.
since-title-changed = title changed
since-document-added = document added
since-document-changed = document changed
since-document-removed = document removed
since-tag-added = tag added
since-tag-changed = tag changed
since-tag-removed = tag removed
since-annotation-added = annotation added
since-annotation-changed = annotation changed
since-annotation-removed = annotation removed

remove-document-title = Remove the document “{ $title }”?
remove-document-marks = { $count ->
    [0] Undo brings it back. Its source file stays where it is.
    [one] One annotation goes with it. Undo brings both back. The source file stays where it is.
   *[other] { $count } annotations go with it. Undo brings all of it back. The source file stays where it is.
}
remove-tag-title = Delete the tag “{ $name }”?
remove-tag-uses = { $count ->
    [one] One annotation carries it. The annotation stays, without this tag. Undo brings it back.
   *[other] { $count } annotations carry it. They stay, without this tag. Undo brings it back.
}

reading-title = Reading
reading-font = Font
reading-sample = أبجد هوز
reading-fonts-searching = Looking for fonts…
reading-font-missing = { $font } (missing)
reading-size = Size
reading-size-value = { $points } pt
reading-leading = Leading
reading-measure = Width
reading-measure-value = { $ems } em
reading-reset = Usual setting
remove-tag-others = { $count ->
    [one] One annotation of another coder carries it too. It is not yours to change, so the tag stays, marked as removed, for as long as it is used.
   *[other] { $count } annotations of other coders carry it too. They are not yours to change, so the tag stays, marked as removed, for as long as it is used.
}

shortcuts-title = Keyboard shortcuts

found-title = { $count ->
    [one] One new file in the folder
   *[other] { $count } new files in the folder
}
found-text = They have come since this folder was last opened. Add them to the project?
found-add = Add them
found-later = Not now

formats = Formats
export-title = Export annotations
export-bom = With a byte order mark, for Excel
export-verify = Read it back and compare
export-whole = Whole project
export-document = Only this document
export-rows = Only the rows that the table shows
export-looking = Preparing the preview…
export-nothing = There is nothing to export yet.
export-nothing-in-document = This document has no annotations to export.
export-nothing-in-rows = The table shows no annotations to export.
export-count = { $count ->
    [one] One annotation, { $size }.
   *[other] { $count } annotations, { $size }.
}
size-bytes = { $count ->
    [one] one byte
   *[other] { $count } bytes
}
size-kilobytes = { $number } KB
size-megabytes = { $number } MB
size-gigabytes = { $number } GB
export-beginning = How it begins
export-no-text = It is no text to be shown here.
export-losses = What { $format } does not hold
export-loses-nothing = Nothing is lost.
export-choose-folder = Choose a folder…
export-choose-file = Choose a file…

# Who reads each format.
format-ron = Programs written in Rust read it, and people do: one annotation a line, all values named.
format-jsonl = Scripts in any language read it: one JSON object a line, one annotation an object.
format-csv = Spreadsheets and statistics programs read it: one annotation a row.
format-doccano = Doccano reads it, and scripts that train taggers: one document a line, its labels as start, end and name.
format-brat = The annotation tool brat opens it, and many programs of language technology read it: a text and a standoff file for each document.
format-webanno-tsv = INCEpTION and WebAnno read it, where the project has the layers: one WebAnno TSV 3.3 file a document.
format-cas-xmi = UIMA, DKPro and INCEpTION read it, and cassis in Python: one XMI file a document, with TypeSystem.xml beside them.
format-cas-json = UIMA and INCEpTION read it, and cassis in Python: one JSON file a document, with its types in it.
format-iob2 = Programs that train taggers read it, and seqeval counts in it: a token and its label a line.
format-conllu = Programs for Universal Dependencies read it, such as udapi and UDPipe: a token a line, marks in the last column.
format-xlsx = Spreadsheets open it as it is, with no question about encodings: one annotation a row.
format-label-studio = Label Studio imports it: the tasks with their annotations, and the labelling configuration for the project's settings.
format-web-annotation = Annotation servers and viewers on the web read it, and programs for linked data: one W3C collection in JSON-LD.
format-refi-qda = Programs for qualitative analysis read it, among them ATLAS.ti, MAXQDA, NVivo, QualCoder and Quirkos: the whole project in one archive.
format-refi-codebook = Programs for qualitative analysis read it, to begin a project with the same codes: the tags alone.
format-stam = The STAM libraries and tools for Rust and Python read it: one store with the texts and every annotation.
format-tei = Editors of texts and digital archives read it: a TEI file for each document, the annotations stand-off.
format-html = People read it in any browser, and print it: one page for each document, with highlights, notes and a legend.

# What an export loses; the number is how many annotations lose it.
loss-whole = { $count ->
    [one] One annotation as a whole: it marks nothing but blanks or line breaks
   *[other] { $count } annotations as a whole: they mark nothing but blanks or line breaks
}
loss-parts = The gaps in { $count ->
    [one] one mark of several parts: it is written as one
   *[other] { $count } marks of several parts: each is written as one
}
loss-overlap = { $count ->
    [one] One mark that lies over another
   *[other] { $count } marks that lie over others
}
loss-cut = The exact edges of { $count ->
    [one] one mark that begins or ends inside a word
   *[other] { $count } marks that begin or end inside a word
}
loss-note = { $count ->
    [one] The note of one annotation
   *[other] The notes of { $count } annotations
}
loss-attributes = The attributes of { $count ->
    [one] one annotation
   *[other] { $count } annotations
}
loss-relations = Relations of { $count ->
    [one] one annotation
   *[other] { $count } annotations
}
loss-target = Relations of { $count ->
    [one] one annotation
   *[other] { $count } annotations
} to what is not exported
loss-characters = Characters that it cannot hold, in { $count ->
    [0] titles
    [one] one annotation
   *[other] { $count } annotations
}
loss-cell = The ends of values that are too long for a cell, in { $count ->
    [one] one annotation
   *[other] { $count } annotations
}
loss-untagged = The tag UNTAGGED, which here says that there is none, of { $count ->
    [one] one annotation
   *[other] { $count } annotations
}
loss-annotations = All annotations: only the tags are written
loss-coder = Who made the annotations
loss-times = When the annotations were made and changed
loss-ids = The ids of the annotations
loss-codebook = The order, colours, shortcuts, parents, definitions and ids of the tags
loss-texts = The texts, and documents without annotations

# Importing annotations.
import-title = Import annotations
import-how = Documents are matched by their text, else by their name; documents that are not in the project are added where the file holds their text. You see what it comes to before anything is done.
import-choose-folder = Choose a folder…
incoming-title = Import “{ $name }”
incoming-refused = It cannot be imported: { $reason }.
incoming-choose-again = Choose another…
incoming-nothing = There is nothing in it that could be imported.
incoming-added = { $count ->
    [one] One annotation is new.
   *[other] { $count } annotations are new.
}
incoming-changed = { $count ->
    [one] One annotation of the project is changed.
   *[other] { $count } annotations of the project are changed.
}
incoming-same = { $count ->
    [one] One annotation is there already.
   *[other] { $count } annotations are there already.
}
incoming-moved = { $count ->
    [one] One of them was off, and is moved to where its words stand.
   *[other] { $count } of them were off, and are moved to where their words stand.
}
incoming-left-out = { $count ->
    [one] One mark is left out.
   *[other] { $count } marks are left out.
}
incoming-documents = { $count ->
    [one] One document is added.
   *[other] { $count } documents are added.
}
incoming-tags = { $count ->
    [one] One tag is added: { $names }.
   *[other] { $count } tags are added: { $names }.
}
incoming-cases = { $count ->
    [one] To be looked at
   *[other] To be looked at ({ $count })
}
incoming-do = Import
incoming-ambiguous = Its positions could count two things, and nothing in it tells which. What do they count?
unit-code-points = Code points
unit-utf-16 = UTF-16
unit-bytes = Bytes
import-other-unit = Positions count { $found }, not { $declared } as the format has it: they were converted
import-other-line-ends = Positions count line ends as the source files had them: they were converted
import-other-text = { $title } has another text in the file: its marks were looked for by their words
import-no-document = { $name } is not in the project and its text not in the file: { $count ->
    [one] one mark is
   *[other] { $count } marks are
} left out
import-bad-document = { $name } is left out: { $reason }
import-moved = “{ $quote }” was off, and was found by its words ({ $name })
import-moved-likely = “{ $quote }” was off, and was put where it most likely stands: look at it ({ $name })
import-widened = “{ $quote }”: the mark cut a character, and was widened to this ({ $name })
import-no-place = { $name } is left out: its place does not fit the text
import-no-length = { $name } is left out: it marks no character
import-not-found = “{ $quote }” is left out: these words are not in the text ({ $name })
import-several = “{ $quote }” is left out: its words stand at several places ({ $name })
import-newer = “{ $quote }” was changed here since it was exported: the project's is kept; export again to go on from it ({ $name })
import-no-target = A relation { $kind } of “{ $quote }” leads to nothing, and is left out ({ $name })
import-absent = { $count ->
    [one] One annotation of these documents is not in the file, and stays as it is
   *[other] { $count } annotations of these documents are not in the file, and stay as they are
}
import-other-tag = The tag { $tag } has another colour or definition in the file: the project's is kept
import-renamed-tag = The tag { $tag } is called { $called } in the file: the project's name is kept
import-remark = { $what }
notice-imported = { $count ->
    [0] No annotation is new
    [one] Imported one annotation
   *[other] Imported { $count } annotations
}{ $changed ->
    [0] {""}
   *[other] {", "}{ $changed } changed
}{ $same ->
    [0] {""}
   *[other] {", "}{ $same } already there
}.{ $moved ->
    [0] {""}
    [one] {" "}One was off, and is moved to where its words stand.
   *[other] {" "}{ $moved } were off, and are moved to where their words stand.
}{ $left ->
    [0] {""}
    [one] {" "}One mark is left out.
   *[other] {" "}{ $left } marks are left out.
}

//! Rows of Hypothes.is, as its API and the export of its sidebar give them, made into annotations of the W3C model.
//!
//! What the API says of a row: <https://h.readthedocs.io/en/latest/api/>. Positions count in the text of a web page as a browser has it, which nobody
//! has here: where a mark stands is for its quotation to say. It knows no project and places nothing.

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

use crate::exchange::json::items;

/// The names of the lists in which rows come: a search of the API, and the export of the sidebar.
pub(super) const LISTS: [&str; 2] = ["rows", "annotations"];

/// What a row says of itself and of the page that is of no use away from it.
const OF_THE_SERVICE: [&str; 8] =
    ["permissions", "links", "flagged", "hidden", "moderation", "user_info", "document", "references"];

/// Whether an object is a row: it names its page by `uri`, as no annotation of the W3C model does, and has no body.
pub(super) fn is_row(item: &Map<String, Value>) -> bool {
    let kind = item.get("type").or_else(|| item.get("@type"));
    item.get("uri").is_some_and(Value::is_string) && !item.contains_key("body") && kind.is_none()
}

/// The title of the page of a row.
pub(super) fn title(item: &Map<String, Value>) -> Option<String> {
    let titles = items(item.get("document").and_then(|document| document.get("title")).cloned());
    let mut titles = titles.iter().filter_map(Value::as_str).filter(|title| !title.trim().is_empty());
    titles.next().map(str::to_owned)
}

/// A row as an annotation of the model.
pub(super) fn as_annotation(mut row: Map<String, Value>) -> Map<String, Value> {
    let text = |value: Option<Value>| value.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned();
    let display = row.get("user_info").and_then(|info| info.get("display_name")).cloned();
    let user = text(row.remove("user"));
    let name = text(display);
    let creator = if name.trim().is_empty() { account(&user).to_owned() } else { name };
    let uri = text(row.remove("uri"));
    let page = percent_decode_str(&uri).decode_utf8().map_or(uri.clone(), |decoded| decoded.into_owned());
    let note = text(row.remove("text"));
    let tags = items(row.remove("tags"));
    let tags = tags.iter().filter_map(Value::as_str).map(|tag| json!({ "purpose": "tagging", "value": tag }));
    let note = (!note.is_empty()).then(|| json!({ "purpose": "commenting", "value": note }));
    let body: Vec<Value> = note.into_iter().chain(tags).collect();
    let quoted = |target: Value| {
        let selectors = items(target.get("selector").cloned()).into_iter();
        let quotes = selectors.filter(|one| one.get("type").is_some_and(|kind| kind == "TextQuoteSelector"));
        json!({ "source": page, "selector": quotes.collect::<Vec<Value>>() })
    };
    let target: Vec<Value> = items(row.remove("target")).into_iter().map(quoted).collect();
    let updated = row.remove("updated");
    for name in OF_THE_SERVICE {
        row.remove(name);
    }
    if row.get("group").is_some_and(|group| group == "__world__") {
        row.remove("group");
    }
    row.extend(updated.map(|time| ("modified".to_owned(), time)));
    if !creator.is_empty() {
        row.insert("creator".to_owned(), creator.into());
    }
    row.insert("body".to_owned(), body.into());
    row.insert("target".to_owned(), target.into());
    row
}

/// Whose an account is: `acct:layla@hypothes.is` is layla; of another service, layla with its name.
fn account(user: &str) -> &str {
    let account = user.strip_prefix("acct:").unwrap_or(user);
    account.strip_suffix("@hypothes.is").unwrap_or(account)
}

//! What people bring from other programs, written by hand as those programs write it, and what becomes of it.

#[path = "exchange/support.rs"]
mod support;

use hashiya::app::importing::{Choices, Plan, plan};
use hashiya::exchange::{self, ExchangeError, Imported, Memory};
use hashiya::model::{Coder, Project};
use support::{Counting, format, project};

const TEXT: &str = "😀 ذهب محمد إلى القاهرة.\nثم عاد أحمد إلى دمشق.";

fn read(name: &str, files: &[(&str, &[u8])]) -> Result<Imported, ExchangeError> {
    let files = files.iter().map(|(name, content)| ((*name).to_owned(), content.to_vec()));
    exchange::read(format(name), &mut Memory { files: files.collect() })
}

/// A project of the text with what was read in it, and what is told of that.
fn taken_in(imported: Imported) -> (Project, String) {
    let mut open = project(&[TEXT.to_owned()], &[], &[]);
    let choices = Choices { coder: Coder::new("ليلى"), unit: None };
    let Plan { edit, report } = plan(&open, imported, &choices, &mut Counting::default()).expect("it fits");
    open.apply(&edit).expect("planned for it");
    (open, format!("{:?}", report.cases))
}

/// What stands marked, with its tags and its relations' kinds.
fn marks(project: &Project) -> Vec<String> {
    let name = |id| project.codebook().get(id).map_or("?", |tag| tag.name.as_str());
    let mark = |annotation: &hashiya::model::Annotation| {
        let tags: Vec<&str> = annotation.tags.iter().map(|&tag| name(tag)).collect();
        let kinds: Vec<&str> = annotation.relations.iter().map(|one| one.kind.as_str()).collect();
        format!("{} {} {}", annotation.quote.exact, tags.join("+"), kinds.join("+")).trim_end().to_owned()
    };
    project.annotations().map(|(_, annotation)| mark(annotation)).collect()
}

/// One page with what two people marked on it: in the list that a search gives, as a bare list, row by row, and as the sidebar exports it.
#[test]
fn rows_of_hypothesis_are_placed_by_their_quotations() {
    let whole = include_str!("fixtures/exchange/web-annotation/hypothesis/search.json");
    let json: serde_json::Value = serde_json::from_str(whole).expect("JSON");
    let exported = serde_json::json!({ "export_date": "2024-03-07T00:00:00Z", "annotations": json["rows"] });
    for content in [whole.to_owned(), json["rows"].to_string(), exported.to_string()] {
        let imported = read("web-annotation", &[("search.json", content.as_bytes())]).expect("rows");
        assert_eq!(imported.documents[0].name, "https://example.org/أخبار/0.html");
        // A note on the page, and a reply.
        assert_eq!(imported.remarks.len(), 2, "{:?}", imported.remarks);
        let (project, told) = taken_in(imported);
        assert_eq!(marks(&project), ["محمد PER+فاعل", "القاهرة.\nثم عاد جملة", "إلى"], "{told}");
        assert!(!told.contains("Moved") || told.matches("Moved").count() == 1, "{told}");
        let all: Vec<_> = project.annotations().map(|(_, annotation)| annotation).collect();
        let coders: Vec<&str> = all.iter().map(|annotation| annotation.coder.name()).collect();
        assert_eq!(coders, ["layla", "ليلى ح.", "salim@annotations.example.edu"]);
        assert_eq!(all[0].note, "من **ذهب**؟");
        assert_eq!(all[0].created.to_string(), "2024-03-05T10:11:12.345Z");
        assert_eq!(all[0].modified.to_string(), "2024-03-06T07:08:09.100Z");
        // Of where it stands on the page and who may read it nothing is kept; a group is.
        assert_eq!(all[0].attributes, []);
        assert_eq!(all[2].attributes, [("group".to_owned(), "Zq8x".to_owned())]);
        // The second «إلى» of the text is meant, as what stands around it says.
        assert_eq!(all[2].spans[0].start.index(), TEXT.rfind("إلى").expect("there"));
    }
    // One row alone.
    let imported =
        read("web-annotation", &[("row.json", json["rows"][0].to_string().as_bytes())]).expect("a row");
    assert_eq!(marks(&taken_in(imported).0), ["محمد PER+فاعل"]);
}

fn utf16(text: &str) -> Vec<u8> {
    format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[test]
fn tables_come_in_however_a_spreadsheet_wrote_them() {
    // The title is the name that support gives the first document.
    let title = project(&[TEXT.to_owned()], &[], &[]).documents()[0].title.clone();
    let rows = |delimiter: &str| {
        let header = ["title", "start", "end", "quote", "tags"].join(delimiter);
        let row = [&title[..], "6", "10", "محمد", "PER"].join(delimiter);
        format!("{header}\r\n{row}\r\n")
    };
    for (what, content) in [
        ("commas", rows(",").into_bytes()),
        ("semicolons and a mark", format!("\u{feff}{}", rows(";")).into_bytes()),
        ("semicolons, said", format!("sep=;\r\n{}", rows(";")).into_bytes()),
        ("tabs", rows("\t").into_bytes()),
        ("Unicode text", utf16(&rows("\t"))),
    ] {
        let (project, told) = taken_in(read("csv", &[("t.csv", &content)]).expect(what));
        assert_eq!((marks(&project), &told[..]), (vec!["محمد PER".to_owned()], "[]"), "{what}");
    }
    for (what, content, expected) in [
        ("another encoding", b"title,start,end,tags\n\xce\xc8\xd1,6,10,x\n".to_vec(), "it is not UTF-8"),
        (
            "an unquoted comma",
            b"title,start,end,tags\nd,6,10,a,b\n".to_vec(),
            "has to be between quotation marks",
        ),
    ] {
        let why = read("csv", &[("t.csv", &content)]).expect_err(what).to_string();
        assert!(why.contains(expected), "{what}: {why}");
    }
}

#[test]
fn parts_of_rows_are_in_bytes_whatever_the_row_counts_in_besides() {
    let title = project(&[TEXT.to_owned()], &[], &[]).documents()[0].title.clone();
    let byte = |word: &str| TEXT.find(word).expect("a word of the text");
    let parts = ["ذهب", "القاهرة"].map(|word| [byte(word), byte(word) + word.len()]);
    let whole = &TEXT[parts[0][0]..parts[1][1]];
    let at = |byte: usize| TEXT[..byte].chars().count();
    let (start, end) = (at(parts[0][0]), at(parts[1][1]));
    let in_bytes = format!("\"start_byte\":{},\"end_byte\":{},", parts[0][0], parts[1][1]);
    for (what, bytes, quote) in [
        ("all columns", &in_bytes[..], "ذهب القاهرة"),
        ("no bytes", "", "ذهب القاهرة"),
        ("no bytes, the whole stretch quoted", "", whole),
        ("all columns, the whole stretch quoted", &in_bytes, whole),
    ] {
        let other = format!("{{\"title\":\"{title}\",\"start\":6,\"end\":10,\"quote\":\"محمد\"}}");
        let row = format!(
            "{{\"title\":\"{title}\",{bytes}\"start\":{start},\"end\":{end},\"quote\":\"{quote}\",\"spans\":{parts:?}}}"
        );
        for content in [format!("{other}\n{row}\n"), format!("{row}\n{other}\n"), format!("[{row},{other}]")]
        {
            let (project, told) = taken_in(read("jsonl", &[("t.jsonl", content.as_bytes())]).expect(what));
            assert_eq!(
                (marks(&project), &told[..]),
                (vec!["ذهب القاهرة".to_owned(), "محمد".to_owned()], "[]"),
                "{what}: {content}"
            );
        }
    }
}

#[test]
fn what_two_events_of_one_trigger_say_of_each_other_is_told_and_the_rest_comes_in() {
    let standoff = "T1\tPER 6 10\tمحمد\nT3\tGo 2 5\tذهب\nE1\tGo:T3 Who:T1\nE2\tGo:T3 Cause:E1\n";
    let imported =
        read("brat", &[("d.txt", TEXT.as_bytes()), ("d.ann", standoff.as_bytes())]).expect("sound");
    assert!(imported.remarks.iter().any(|remark| remark.contains("«Cause»")), "{:?}", imported.remarks);
    let (project, _) = taken_in(imported);
    assert_eq!(marks(&project), ["ذهب Go Who", "محمد PER"]);
}

#[test]
fn slots_of_a_cas_become_relations_by_their_roles() {
    let types = |features: &str| {
        format!(
            "<typeSystemDescription xmlns=\"http://uima.apache.org/resourceSpecifier\"><types>\
             <typeDescription><name>custom.Motion</name><supertypeName>uima.tcas.Annotation</supertypeName><features>\
             <featureDescription><name>args</name><rangeTypeName>uima.cas.FSArray</rangeTypeName></featureDescription></features></typeDescription>\
             <typeDescription><name>custom.Link</name><supertypeName>uima.cas.TOP</supertypeName>{features}</typeDescription>\
             </types></typeSystemDescription>"
        )
    };
    let declared = "<features><featureDescription><name>role</name><rangeTypeName>uima.cas.String</rangeTypeName></featureDescription>\
                    <featureDescription><name>target</name><rangeTypeName>uima.tcas.Annotation</rangeTypeName></featureDescription></features>";
    let xmi = format!(
        "<xmi:XMI xmlns:xmi=\"http://www.omg.org/XMI\" xmlns:cas=\"http:///uima/cas.ecore\" xmlns:custom=\"http:///custom.ecore\" xmi:version=\"2.0\">\
         <custom:Person xmi:id=\"10\" sofa=\"99\" begin=\"7\" end=\"11\"/>\
         <custom:Motion xmi:id=\"12\" sofa=\"99\" begin=\"3\" end=\"6\" args=\"14 15\"/>\
         <custom:Link xmi:id=\"14\" role=\"agent\" target=\"10\"/><custom:Link xmi:id=\"15\" target=\"10\"/>\
         <cas:Sofa xmi:id=\"99\" sofaNum=\"1\" sofaID=\"_InitialView\" mimeType=\"text\" sofaString=\"{}\"/>\
         </xmi:XMI>",
        TEXT.replace('\n', "&#10;")
    );
    for features in [declared, ""] {
        let types = types(features);
        let files = [("TypeSystem.xml", types.as_bytes()), ("d.xmi", xmi.as_bytes())];
        let (project, told) = taken_in(read("cas-xmi", &files).expect("sound"));
        assert_eq!(
            (marks(&project), &told[..]),
            (vec!["ذهب Motion agent+args".to_owned(), "محمد Person".to_owned()], "[]")
        );
    }
}

#[test]
fn what_is_no_file_of_the_format_is_refused_in_plain_words() {
    for (name, content, expected) in [
        (
            "doccano",
            &b"{\"text\":\"a\",\"label\":[\"positive\"]}"[..],
            "a label is neither a list of start, end and name",
        ),
        ("doccano", b"{\"text\":", "it ends too early"),
        ("jsonl", b"\xce\xc8\xd1", "it is not UTF-8"),
        ("stam", b"PK\x03\x04\xff", "it is a zip archive; unpack it"),
        ("web-annotation", b"<a/>", "it is no JSON"),
        (
            "csv",
            "العنوان,البداية\nنص,1\n".as_bytes(),
            "no columns start and end; those it has are «العنوان», «البداية»",
        ),
        ("csv", b"start,end,quote\n1,2,x\n", "no columns document, title or text_sha256"),
        ("csv", b"title,start,end\na,0,1\na,0,x\n", "row 3 of the sheet"),
        // What is plainly of another format says which to choose.
        ("csv", b"PK\x03\x04 [Content_Types].xml", "it is a workbook of a spreadsheet; save it there as CSV"),
        (
            "refi-codebook",
            b"PK\x03\x04 project.qde \xff",
            "a project of REFI-QDA; choose the format refi-qda",
        ),
        ("brat", b"title,start,end\na,0,1\n", "it is a table; choose the format csv"),
        ("csv", b"#FORMAT=WebAnno TSV 3.3\n", "choose the format webanno-tsv"),
        ("refi-qda", b"<?xml version=\"1.0\"?><CodeBook/>", "choose the format refi-codebook"),
        ("stam", b"<?xml version=\"1.0\"?><xmi:XMI/>", "choose the format cas-xmi"),
        // A quotation mark that a program wrote as it stands would swallow the rows after it.
        (
            "csv",
            "title\tstart\tend\tquote\na\t0\t1\t\"قال نعم\na\t2\t3\tx\n".as_bytes(),
            "line 2 cannot be read: a quotation mark opens a cell there and is never closed",
        ),
        (
            "csv",
            "sep=;\ntitle;start;end;quote\na;0;1;\"قال نعم\na;2;3;\"ثم قال\n".as_bytes(),
            "line 3 cannot be read: a quotation mark opens a cell there and is closed only in line 4",
        ),
    ] {
        let why = read(name, &[("file", content)]).expect_err(name).to_string();
        assert!(why.contains(expected), "{name}: {why}");
    }
}

#[test]
fn documents_come_in_from_a_list_as_from_lines() {
    let line = format!("{{\"text\":{TEXT:?},\"label\":[[6,10,\"PER\"]]}}");
    for content in [line.clone(), format!("\u{feff} [{line}]")] {
        let (project, told) = taken_in(read("doccano", &[("d.json", content.as_bytes())]).expect("sound"));
        assert_eq!((marks(&project), &told[..]), (vec!["محمد PER".to_owned()], "[]"));
    }
}

#[test]
fn positions_in_a_text_that_nobody_has_are_not_put_on_another_of_its_name() {
    let qde = "<Project xmlns=\"urn:QDA-XML:project:1.0\" name=\"p\"><Sources>\
               <TextSource guid=\"01a201bc-80af-740c-b9e2-801db46e1fb9\" name=\"0.txt\" richTextPath=\"internal://d.docx\">\
               <PlainTextSelection guid=\"01a201bc-80af-740c-b9e2-801db46e1fb0\" startPosition=\"8\" endPosition=\"12\"/>\
               <PlainTextSelection guid=\"01a201bc-80af-740c-b9e2-801db46e1fb1\" name=\"القاهرة\" startPosition=\"17\" endPosition=\"24\"/>\
               </TextSource></Sources></Project>";
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive.start_file("project.qde", zip::write::SimpleFileOptions::default()).expect("in memory");
    std::io::Write::write_all(&mut archive, qde.as_bytes()).expect("in memory");
    let archive = archive.finish().expect("in memory").into_inner();
    let imported = read("refi-qda", &[("p.qdpx", &archive)]).expect("sound");
    assert!(
        imported.remarks.iter().any(|remark| remark.contains("without a plain text (1)")),
        "{:?}",
        imported.remarks
    );
    let (project, told) = taken_in(imported);
    assert_eq!(marks(&project), ["القاهرة"]);
    assert!(told.contains("Moved"), "its words stand elsewhere than it says: {told}");
}

#[test]
fn an_id_that_a_file_gives_in_two_documents_stays_with_the_first() {
    let line = |title: &str| {
        format!(
            "{{\"id\":\"01a201bc-80af-740c-b9e2-801db46e1fb9\",\"title\":\"{title}\",\"start\":6,\"end\":10,\"quote\":\"محمد\"}}\n"
        )
    };
    let texts = [TEXT.to_owned(), TEXT.to_owned()];
    let mut open = project(&texts, &[], &[]);
    let titles: Vec<String> = open.documents().iter().map(|document| document.file.clone()).collect();
    let content = format!("{}{}", line(&titles[0]), line(&titles[1]));
    let imported = read("jsonl", &[("t.jsonl", content.as_bytes())]).expect("sound");
    let choices = Choices { coder: Coder::new("ليلى"), unit: None };
    let Plan { edit, .. } = plan(&open, imported, &choices, &mut Counting::default()).expect("it fits");
    open.apply(&edit).expect("planned for it");
    let ids: Vec<String> = open.annotations().map(|(_, annotation)| annotation.id.to_string()).collect();
    assert_eq!((ids.len(), &ids[0][..]), (2, "01a201bc-80af-740c-b9e2-801db46e1fb9"));
    assert_ne!(ids[0], ids[1]);
}

#[test]
fn parts_come_in_whatever_their_order_in_the_file() {
    let at = |word: &str| TEXT[..TEXT.find(word).expect("a word of the text")].chars().count();
    let (first, second) = (at("محمد"), at("دمشق"));
    for words in ["دمشق محمد", "كلمات أخرى"] {
        let ann = format!("T1\tPER {second} {};{first} {}\t{words}\n", second + 4, first + 4);
        let files = [("0.txt", TEXT.as_bytes()), ("0.ann", ann.as_bytes())];
        let imported = read("brat", &files).expect("sound");
        let choices = Choices { coder: Coder::new("ليلى"), unit: None };
        let open = project(&[TEXT.to_owned()], &[], &[]);
        // With its own words or with others, which stand nowhere: it is placed or told, and nothing breaks.
        if let Ok(Plan { report, .. }) = plan(&open, imported, &choices, &mut Counting::default()) {
            assert_eq!(report.added + report.left_out(), 1, "{words}: {report:?}");
        }
    }
}

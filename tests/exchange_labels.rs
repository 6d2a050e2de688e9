//! What taggers and treebanks get: labels of tokens, and what is told of the rest.

#[path = "exchange/support.rs"]
mod support;

use hashiya::exchange::{Loss, Lost, Scope};
use hashiya::model::{Project, Text};
use support::{Mark, export, format, plain, project};

/// A text with marks of words of it, each with the tags of these numbers.
fn marked(text: &str, marks: &[(&str, &[usize])]) -> Project {
    let whole = Text::new(text);
    let clusters = |byte: usize| (0..byte).filter(|&at| whole.is_boundary(at)).count();
    let marks: Vec<Mark> = marks
        .iter()
        .map(|(words, tags)| {
            let at = text.find(words).expect("words of the text");
            Mark { tags: tags.to_vec(), ..plain(0, clusters(at), clusters(at + words.len())) }
        })
        .collect();
    project(&[text.to_owned()], &["سلطة", "LOC", "a b\t|=%"], &marks)
}

fn written(name: &str, project: &Project) -> (String, Vec<Loss>) {
    let (out, losses) = export(format(name), project, &Scope::Project);
    let [content] = out.files.values().collect::<Vec<_>>()[..] else { panic!("one file a document") };
    (String::from_utf8(content.clone()).expect("UTF-8"), losses)
}

fn told(losses: &[Loss]) -> Vec<Lost> {
    losses.iter().filter(|loss| loss.annotation.is_some()).map(|loss| loss.lost).collect()
}

#[test]
fn tokens_keep_their_clitics_and_have_one_label() {
    #[expect(clippy::type_complexity, reason = "a table is read by its rows")]
    let cases: [(&str, &[(&str, &[usize])], &str, &[Lost]); 8] = [
        (
            "قال الرئيس الروسي، نعم.",
            &[("الرئيس الروسي", &[0])],
            "قال\tO\nالرئيس\tB-سلطة\nالروسي\tI-سلطة\n،\tO\nنعم\tO\n.\tO\n\n",
            &[],
        ),
        ("وبموسكو", &[("موسكو", &[1])], "وبموسكو\tB-LOC\n\n", &[Lost::Cut]),
        ("أ ب", &[("أ ", &[0]), ("ب", &[0])], "أ\tB-سلطة\nب\tB-سلطة\n\n", &[Lost::Cut]),
        ("أ ب ج", &[("أ ب", &[0]), ("ب ج", &[1])], "أ\tB-سلطة\nب\tI-سلطة\nج\tO\n\n", &[Lost::Overlap]),
        ("أ ب", &[("أ", &[1]), ("أ ب", &[0])], "أ\tB-سلطة\nب\tI-سلطة\n\n", &[Lost::Overlap]),
        ("أ ب", &[("أ", &[1, 0]), (" ", &[0])], "أ\tB-LOC\nب\tO\n\n", &[Lost::Overlap, Lost::Whole]),
        ("أ.\nب. ج.", &[(".\nب", &[])], "أ\tO\n.\tB-UNTAGGED\nب\tI-UNTAGGED\n.\tO\n\nج\tO\n.\tO\n\n", &[]),
        ("😀🇪🇬", &[("🇪🇬", &[2])], "😀\tO\n🇪🇬\tB-a b%09|=%\n\n", &[]),
    ];
    for (text, marks, expected, lost) in cases {
        let (content, losses) = written("iob2", &marked(text, marks));
        assert_eq!(content, expected, "{text}");
        assert_eq!(told(&losses), lost, "{text}");
    }
}

#[test]
fn conllu_says_what_stands_between_tokens_and_encodes_names() {
    let text = " \u{fffd} e\u{301} «نعم»\u{a0}لا\tثم\r\n\nإن\u{200b} كان.";
    let project = marked(text, &[("نعم", &[2]), ("لا\tثم", &[0])]);
    let (content, losses) = written("conllu", &project);
    let id = project.documents()[0].id;
    let expected = format!(
        "# newdoc id = {id}\n\
         # placeholders = UPOS X, DEPREL root and dep, and HEAD say nothing of the language\n\
         # newpar\n\
         # sent_id = {id}-1\n\
         # text = \u{25a1} é «نعم» لا ثم\n\
         1\t\u{25a1}\t_\tX\t_\t_\t0\troot\t_\tSpacesBefore=\\s\n\
         2\té\t_\tX\t_\t_\t1\tdep\t_\t_\n\
         3\t«\t_\tX\t_\t_\t1\tdep\t_\tSpaceAfter=No\n\
         4\tنعم\t_\tX\t_\t_\t1\tdep\t_\tSpaceAfter=No|Tag=B-a%20b%09%7C%3D%25\n\
         5\t»\t_\tX\t_\t_\t1\tdep\t_\tSpacesAfter=\\u00A0\n\
         6\tلا\t_\tX\t_\t_\t1\tdep\t_\tSpacesAfter=\\t|Tag=B-%D8%B3%D9%84%D8%B7%D8%A9\n\
         7\tثم\t_\tX\t_\t_\t1\tdep\t_\tSpacesAfter=\\r\\n\\n|Tag=I-%D8%B3%D9%84%D8%B7%D8%A9\n\
         \n\
         # newpar\n\
         # sent_id = {id}-2\n\
         # text = إن كان.\n\
         1\tإن\t_\tX\t_\t_\t0\troot\t_\tSpacesAfter=\\u200B\\s\n\
         2\tكان\t_\tX\t_\t_\t1\tdep\t_\tSpaceAfter=No\n\
         3\t.\t_\tX\t_\t_\t1\tdep\t_\t_\n\
         \n"
    );
    assert_eq!(content, expected);
    let characters: Vec<String> =
        losses.iter().filter(|loss| loss.lost == Lost::Characters).map(ToString::to_string).collect();
    assert!(matches!(&characters[..], [one] if one.contains("in 2 tokens")), "{characters:?}");
}

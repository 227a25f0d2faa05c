//! World files: what was read and is written, in either form, is read as the same. Input: a file, JSON if it begins as
//! an object does, else YAML.

#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_saphyr::SerializerOptions;
use world::{
    file::Document,
    parse::{self, Form},
};

fuzz_target!(|bytes: &[u8]| {
    let form = if bytes.first() == Some(&b'{') { Form::Json } else { Form::Yaml };
    let mut documents = Vec::new();
    if let Err(refused) = parse::each(bytes, form, |document| documents.push(document)) {
        assert!(!refused.to_string().is_empty());
        return;
    }
    for document in documents {
        let json = serde_json::to_vec(&document).expect("a document is written as JSON");
        assert_eq!(read(&json, Form::Json), document);
        let mut yaml = String::from("---\n");
        serde_saphyr::to_fmt_writer_with_options(
            &mut yaml,
            &document,
            SerializerOptions::default(),
        )
        .expect("a document is written as YAML");
        assert_eq!(read(yaml.as_bytes(), Form::Yaml), document, "{yaml}");
    }
});

fn read(bytes: &[u8], form: Form) -> Document {
    let mut documents = Vec::new();
    let text = String::from_utf8_lossy(bytes);
    parse::each(bytes, form, |document| documents.push(document))
        .unwrap_or_else(|refused| panic!("what was written is refused: {refused}: {text}"));
    assert_eq!(documents.len(), 1, "{text}");
    documents.pop().unwrap_or_default()
}

//! What is told, as a table (RFC 4180): section, path of the value, value.

use serde_json::{Map, Value};

/// A row for each value that is not another list or object.
pub(crate) fn table(sections: &Map<String, Value>) -> String {
    let mut text = String::from("section,path,value\r\n");
    for (section, value) in sections {
        rows(section, "", value, &mut text);
    }
    text
}

fn rows(section: &str, path: &str, value: &Value, text: &mut String) {
    let below = |name: &str| match path {
        "" => name.to_owned(),
        _ => format!("{path}.{name}"),
    };
    match value {
        Value::Object(map) => {
            map.iter().for_each(|(name, value)| rows(section, &below(name), value, text));
        }
        Value::Array(list) => {
            let numbered = (1..).zip(list);
            numbered.for_each(|(n, value)| rows(section, &below(&format!("{n}")), value, text));
        }
        Value::Null => {}
        Value::String(value) => row([section, path, value], text),
        other => row([section, path, &other.to_string()], text),
    }
}

fn row(cells: [&str; 3], text: &mut String) {
    *text += &format!("{}\r\n", cells.map(cell).join(","));
}

/// A cell. Programs that show tables take what begins like a formula for one, and what stands here may have been typed by
/// a stranger: such a cell begins with `'`.
fn cell(value: &str) -> String {
    let is_formula = value.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let mark = if is_formula { "'" } else { "" };
    format!("\"{mark}{}\"", value.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_value_is_a_row() {
        let told = json!({"user": {"name": "A \"B\", C", "aliases": [{"kind": "email"}], "none": null}, "n": [1, true]});
        let rows = table(told.as_object().unwrap());
        let expected = "section,path,value\r\n\"n\",\"1\",\"1\"\r\n\"n\",\"2\",\"true\"\r\n\
            \"user\",\"aliases.1.kind\",\"email\"\r\n\"user\",\"name\",\"A \"\"B\"\", C\"\r\n";
        assert_eq!(rows, expected);
    }

    #[test]
    fn no_cell_is_a_formula() {
        for text in ["=1+1", "+1", "-1", "@x", "\tx", "\rx"] {
            assert!(cell(text).starts_with("\"'"), "{text}");
        }
        assert_eq!(cell("a=1"), "\"a=1\"");
    }
}

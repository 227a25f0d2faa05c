//! Passwords: from a terminal without an echo, or from the first line of standard input; never from an argument, which
//! every user of the machine can read.

use std::io::{self, BufRead, IsTerminal};

use super::failure::Failed;

/// A new password. On a terminal it is typed twice.
pub fn new_password(from_input: bool) -> Result<String, Failed> {
    if from_input {
        return first_line(io::stdin().lock());
    }
    if !io::stdin().is_terminal() {
        return Err(Failed::usage(
            "there is no terminal to type a password at; use --password-stdin",
        ));
    }
    let failed = |error: io::Error| Failed::new(format!("the terminal: {error}"));
    let password = rpassword::prompt_password("Password: ").map_err(failed)?;
    let again = rpassword::prompt_password("Again: ").map_err(failed)?;
    if password == again { Ok(password) } else { Err(Failed::new("the two are not the same")) }
}

fn first_line(mut input: impl BufRead) -> Result<String, Failed> {
    let mut line = String::new();
    input.read_line(&mut line).map_err(|error| Failed::new(format!("standard input: {error}")))?;
    let password = line.trim_end_matches(['\r', '\n']).to_owned();
    if password.is_empty() {
        Err(Failed::usage("there is no password on standard input"))
    } else {
        Ok(password)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_the_line_is_no_part_of_it() {
        assert_eq!(first_line(&b" a b \r\nmore"[..]), Ok(" a b ".to_owned()));
        assert!(first_line(&b"\n"[..]).is_err());
    }
}

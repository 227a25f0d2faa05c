//! Says when the console was built anew: then the files that the program embeds are other ones.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // Without optimisation the files are read where they stand.
    if std::env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        println!("cargo::rerun-if-changed=../../console/built");
    }
}

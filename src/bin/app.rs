//! The page.

fn main() {
    lungfield::ui::run();
}

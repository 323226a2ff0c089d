//! What was measured, as one table at the end.

/// The rows so far.
#[derive(Default)]
pub(crate) struct Table {
    goals: Vec<[String; 4]>,
    facts: Vec<[String; 2]>,
}

impl Table {
    /// A goal: what was wanted, what was measured, and whether that is enough.
    pub(crate) fn goal(&mut self, case: &str, goal: &str, measured: String, met: bool) {
        let met = if met { "yes" } else { "NO" };
        println!("{case}: {measured} (goal: {goal}; met: {met})");
        self.goals.push([case.into(), goal.into(), measured, met.into()]);
    }

    /// Something measured that no goal is about.
    pub(crate) fn fact(&mut self, case: &str, measured: String) {
        println!("{case}: {measured}");
        self.facts.push([case.into(), measured]);
    }

    /// Prints everything, as Markdown.
    pub(crate) fn print(&self) {
        print(["case", "measured"], &self.facts);
        print(["case", "goal", "measured", "met"], &self.goals);
    }
}

fn print<const N: usize>(heads: [&str; N], rows: &[[String; N]]) {
    if rows.is_empty() {
        return;
    }
    let line = |cells: [&str; N]| println!("| {} |", cells.join(" | "));
    println!();
    line(heads);
    line(["---"; N]);
    for row in rows {
        line(std::array::from_fn(|n| row[n].as_str()));
    }
}

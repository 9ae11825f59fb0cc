//! The network: its graph, how it ships, how it is run.

mod backward;
mod file;
mod graph;
mod head;
mod kernels;
#[cfg(feature = "onnx")]
mod onnx;
mod operators;
mod part;
mod plan;
#[cfg(test)]
mod tests;
mod work;

use graph::Graph;
pub(crate) use graph::Tensor;
pub(crate) use head::{Head, Trace};
pub use kernels::Kernels;
pub(crate) use part::Part;

/// A network as it was read: what there is to make ready to run.
#[derive(Debug)]
pub(crate) struct Network<'a> {
    graph: Graph,
    /// The file, which tract reads by itself.
    file: &'a [u8],
}

impl<'a> Network<'a> {
    /// Reads a network in the form that ships or, with the feature `onnx`, an ONNX file.
    ///
    /// # Errors
    /// When it is neither, or holds an operator that is not known here; the text names it.
    pub(crate) fn read(file: &'a [u8]) -> Result<Self, String> {
        let graph = if file::is_network(file) { file::read(file) } else { read_onnx(file) };
        Ok(Self { graph: graph?, file })
    }

    /// Whether it came in the form that ships.
    pub(crate) fn has_shipped(&self) -> bool {
        file::is_network(self.file)
    }

    /// The network in the form that ships.
    #[cfg(feature = "onnx")]
    pub(crate) fn to_file(&self) -> Vec<u8> {
        file::write(&self.graph)
    }

    /// The names of what it is fed, in the order of the file.
    #[cfg(feature = "onnx")]
    pub(crate) fn inputs(&self) -> Vec<&str> {
        self.graph.inputs().map(|(_, name)| name).collect()
    }

    /// The names of what it makes.
    #[cfg(feature = "onnx")]
    pub(crate) fn outputs(&self) -> Vec<&str> {
        self.graph.outputs.keys().map(String::as_str).collect()
    }

    /// Makes the part ready that computes these outputs of these inputs.
    ///
    /// # Errors
    /// Names an input or output that there is not, an input that the outputs need and that is not among these, and an operator
    /// that the kernels do not do.
    pub(crate) fn part(&self, inputs: &[&str], outputs: &[&str], kernels: Kernels) -> Result<Part, String> {
        match kernels {
            #[cfg(feature = "onnx")]
            Kernels::Tract if self.has_shipped() => Err("tract reads ONNX networks alone".into()),
            #[cfg(feature = "onnx")]
            Kernels::Tract => Part::in_tract(&self.graph, self.file, inputs, outputs),
            kernels => Part::planned(&self.graph, inputs, outputs, kernels),
        }
    }

    /// What follows the explained layer, as far as the logit.
    ///
    /// # Errors
    /// [`Kind::Model`](crate::Kind::Model) when there are no such outputs, [`Kind::NoGradient`](crate::Kind::NoGradient) when the one
    /// does not follow from the other alone.
    pub(crate) fn head(&self, explained: &str, logit: &str) -> crate::Result<Head> {
        Head::new(&self.graph, explained, logit)
    }
}

#[cfg(feature = "onnx")]
fn read_onnx(file: &[u8]) -> Result<Graph, String> {
    onnx::read(file)
}

#[cfg(not(feature = "onnx"))]
fn read_onnx(_: &[u8]) -> Result<Graph, String> {
    Err("the file is not in the form that ships; `lungfield convert` makes it".into())
}

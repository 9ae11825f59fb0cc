//! A network as a list of operators on arrays, in an order in which they can be computed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A dense array of f32, row by row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tensor {
    pub(crate) shape: Vec<usize>,
    pub(crate) values: Vec<f32>,
}

/// A network from its inputs to its outputs.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Graph {
    /// Each needs only those before it.
    pub(crate) nodes: Vec<Node>,
    /// The nodes that somebody may ask for, by name.
    pub(crate) outputs: BTreeMap<String, usize>,
}

/// One value, and where it comes from.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    pub(crate) shape: Vec<usize>,
    pub(crate) source: Source,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Source {
    /// What the network is fed under this name.
    Input(String),
    Constant(Vec<f32>),
    /// An operator on other nodes.
    Computed(Operator, Vec<usize>),
}

/// What can be computed. Maps are `[1, channels, rows, columns]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Operator {
    /// Of a map, weights `[output channels, input channels / groups, rows, columns]` and a bias `[output channels]`.
    Convolution(Convolution),
    /// The mean of each window of a map; without padding.
    #[serde(rename = "average")]
    AveragePool { size: [usize; 2], stride: [usize; 2] },
    /// Of two arrays of one rank, element by element; an axis of length 1 stands for any length.
    Binary(Binary),
    /// The sum over some axes, which stay with length 1.
    Sum { axes: Vec<usize> },
    /// A sum of products over named axes: `inputs` and `output` give each axis its name.
    #[serde(rename = "product")]
    Einsum { inputs: Vec<Vec<u8>>, output: Vec<u8> },
    /// The same numbers in another shape.
    Reshape,
    /// The axes in another order: axis `i` of the result is axis `axes[i]`.
    Permute { axes: Vec<usize> },
    /// One behind the other along an axis.
    Concatenate { axis: usize },
    /// `1 / (1 + exp(-x))`.
    Sigmoid,
}

/// How a convolution's window moves; rows, then columns. What lies outside the map counts as 0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Convolution {
    pub(crate) stride: [usize; 2],
    pub(crate) dilation: [usize; 2],
    /// Before the first row and column; after the last there is as much as the output's shape needs.
    pub(crate) padding: [usize; 2],
    pub(crate) groups: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Binary {
    Add,
    Subtract,
    Multiply,
    Divide,
    Maximum,
    Minimum,
}

impl Operator {
    /// The operator's name, for messages.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Operator::Convolution(_) => "convolution",
            Operator::AveragePool { .. } => "average",
            Operator::Binary(_) => "element-wise",
            Operator::Sum { .. } => "sum",
            Operator::Einsum { .. } => "product",
            Operator::Reshape => "reshape",
            Operator::Permute { .. } => "permute",
            Operator::Concatenate { .. } => "concatenate",
            Operator::Sigmoid => "sigmoid",
        }
    }
}

impl Operator {
    /// Whether the operator can make an array of `shape` from arrays of shapes `inputs`.
    fn fits(&self, inputs: &[&[usize]], shape: &[usize]) -> bool {
        let size = |shape: &[usize]| shape.iter().product::<usize>();
        match (self, inputs) {
            (Operator::Convolution(convolution), [[1, channels, ..], [outputs, part, size @ ..], [biases]]) => {
                let groups = convolution.groups;
                let window = [convolution.stride, convolution.dilation].iter().flatten().all(|&step| step > 0);
                let whole = groups > 0 && part * groups == *channels && outputs % groups == 0 && outputs == biases;
                window
                    && whole
                    && inputs[0].len() == 4
                    && size.len() == 2
                    && shape.len() == 4
                    && shape[..2] == [1, *outputs]
                    && inputs[1].iter().all(|&axis| axis > 0)
            }
            (Operator::AveragePool { size, stride }, [[1, channels, rows, columns]]) => match shape {
                [1, kept, y, x] if kept == channels && *y > 0 && *x > 0 => {
                    (y - 1) * stride[0] + size[0] <= *rows && (x - 1) * stride[1] + size[1] <= *columns
                }
                _ => false,
            },
            (Operator::Binary(_), [a, b]) => [a, b].iter().all(|input| broadcasts(input, shape)),
            (Operator::Sum { axes }, [input]) => {
                let kept = |axis: usize| if axes.contains(&axis) { 1 } else { input[axis] };
                shape.len() == input.len() && (0..shape.len()).all(|axis| shape[axis] == kept(axis))
            }
            (Operator::Einsum { inputs: names, output }, _) => {
                names.len() == inputs.len()
                    && output.len() == shape.len()
                    && names.iter().zip(inputs).all(|(names, input)| names.len() == input.len())
            }
            (Operator::Reshape, [input]) => size(input) == size(shape),
            (Operator::Permute { axes }, [input]) => {
                axes.len() == shape.len()
                    && (0..shape.len()).all(|axis| axes.contains(&axis) && shape[axis] == input[axes[axis]])
            }
            (Operator::Concatenate { axis }, [_, ..]) => {
                let others = |input: &[usize]| {
                    input.len() == shape.len() && (0..shape.len()).all(|i| i == *axis || input[i] == shape[i])
                };
                inputs.iter().all(|input| others(input))
                    && inputs.iter().map(|input| input[*axis]).sum::<usize>() == shape[*axis]
            }
            (Operator::Sigmoid, [input]) => *input == shape,
            _ => false,
        }
    }
}

fn broadcasts(input: &[usize], shape: &[usize]) -> bool {
    input.len() == shape.len() && input.iter().zip(shape).all(|(&of, &to)| of == to || of == 1)
}

impl Graph {
    /// The nodes of the inputs, with their names.
    pub(crate) fn inputs(&self) -> impl Iterator<Item = (usize, &str)> {
        self.nodes.iter().enumerate().filter_map(|(id, node)| match &node.source {
            Source::Input(name) => Some((id, name.as_str())),
            _ => None,
        })
    }

    /// The node of an input.
    ///
    /// # Errors
    /// When there is none of that name.
    pub(crate) fn input(&self, name: &str) -> Result<usize, String> {
        let input = self.inputs().find(|(_, input)| *input == name);
        input.map(|(id, _)| id).ok_or_else(|| format!("the network has no input {name}"))
    }

    /// The node of an output.
    ///
    /// # Errors
    /// When there is none of that name.
    pub(crate) fn output(&self, name: &str) -> Result<usize, String> {
        self.outputs.get(name).copied().ok_or_else(|| format!("the network has no output {name}"))
    }

    /// Whether each node is one of `wanted` or needed for one.
    pub(crate) fn needed(&self, wanted: &[usize]) -> Vec<bool> {
        let mut needed = vec![false; self.nodes.len()];
        wanted.iter().for_each(|&id| needed[id] = true);
        for (id, node) in self.nodes.iter().enumerate().rev() {
            if needed[id] {
                node.inputs().iter().for_each(|&input| needed[input] = true);
            }
        }
        needed
    }

    /// How many nodes use each node's value; an output counts as a use.
    pub(crate) fn uses(&self) -> Vec<usize> {
        let mut uses = vec![0; self.nodes.len()];
        for node in &self.nodes {
            node.inputs().iter().for_each(|&input| uses[input] += 1);
        }
        self.outputs.values().for_each(|&output| uses[output] += 1);
        uses
    }

    /// Drops the nodes that no output needs.
    #[cfg(feature = "onnx")]
    pub(crate) fn without_unused(self) -> Self {
        let needed = self.needed(&self.outputs.values().copied().collect::<Vec<_>>());
        let mut renamed = vec![0; self.nodes.len()];
        let mut nodes = Vec::new();
        for (id, mut node) in self.nodes.into_iter().enumerate() {
            if !needed[id] && !matches!(node.source, Source::Input(_)) {
                continue;
            }
            if let Source::Computed(_, inputs) = &mut node.source {
                inputs.iter_mut().for_each(|input| *input = renamed[*input]);
            }
            renamed[id] = nodes.len();
            nodes.push(node);
        }
        let outputs = self.outputs.into_iter().map(|(name, output)| (name, renamed[output])).collect();
        Self { nodes, outputs }
    }

    /// The graph, if every operator fits what it is given.
    ///
    /// # Errors
    /// Names the first operator that does not.
    pub(crate) fn checked(self) -> Result<Self, String> {
        if self.outputs.values().any(|&output| output >= self.nodes.len()) {
            return Err("an output of the network is missing".into());
        }
        for (id, node) in self.nodes.iter().enumerate() {
            let Source::Computed(operator, inputs) = &node.source else { continue };
            let fits = inputs.iter().all(|&input| input < id)
                && operator
                    .fits(&inputs.iter().map(|&i| self.nodes[i].shape.as_slice()).collect::<Vec<_>>(), &node.shape);
            if !fits {
                return Err(format!("the {} at {id} does not fit its inputs", operator.name()));
            }
        }
        Ok(self)
    }

    /// The value of a node that is a constant.
    pub(crate) fn constant(&self, id: usize) -> Option<&[f32]> {
        match &self.nodes[id].source {
            Source::Constant(values) => Some(values),
            _ => None,
        }
    }
}

impl Node {
    pub(crate) fn inputs(&self) -> &[usize] {
        match &self.source {
            Source::Computed(_, inputs) => inputs,
            _ => &[],
        }
    }
}

impl Tensor {
    pub(crate) fn new(shape: impl Into<Vec<usize>>, values: Vec<f32>) -> Self {
        let shape = shape.into();
        assert_eq!(shape.iter().product::<usize>(), values.len(), "as many values as the shape says");
        Self { shape, values }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_convolution_of_nothing_does_not_fit() {
        let convolution = Convolution { stride: [1; 2], dilation: [1; 2], padding: [0; 2], groups: 1 };
        let fits = |channels, side| {
            Operator::Convolution(convolution.clone())
                .fits(&[&[1, channels, 4, 4], &[2, channels, side, side], &[2]], &[1, 2, 4, 4])
        };
        assert!(fits(3, 1));
        assert!(!fits(0, 1));
        assert!(!fits(3, 0));
    }
}

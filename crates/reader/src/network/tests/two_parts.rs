//! A network of two parts that share nothing, small but of the kind that ships: what each part gives, whatever runs it.

use prost::Message;
use tract_onnx::pb::attribute_proto::AttributeType;
use tract_onnx::pb::tensor_proto::DataType;
use tract_onnx::pb::tensor_shape_proto::{Dimension, dimension};
use tract_onnx::pb::{
    AttributeProto, GraphProto, ModelProto, NodeProto, OperatorSetIdProto, TensorProto, TensorShapeProto, TypeProto,
    ValueInfoProto, type_proto,
};

use super::numbers::Numbers;
use crate::network::{Kernels, Network, Tensor};

const SIDE: usize = 28;
const CELLS: usize = 7;
const CHANNELS: usize = 20;

const OUTLINE: [&[&str]; 2] = [&["film"], &["outline"]];
const ANSWER: [&[&str]; 2] = [&["picture", "places"], &["explained", "gate", "orientations"]];

/// An ONNX file under construction.
struct Build {
    graph: GraphProto,
    numbers: Numbers,
}

impl Build {
    fn input(&mut self, name: &str, side: usize) {
        let dim =
            |side: usize| Dimension { value: Some(dimension::Value::DimValue(side as i64)), ..Dimension::default() };
        let shape = TensorShapeProto { dim: [1, 1, side, side].map(dim).to_vec() };
        let tensor = type_proto::Tensor { elem_type: DataType::Float as i32, shape: Some(shape) };
        let r#type = TypeProto { value: Some(type_proto::Value::TensorType(tensor)), ..TypeProto::default() };
        self.graph.input.push(ValueInfoProto { name: name.into(), r#type: Some(r#type), ..ValueInfoProto::default() });
    }

    fn constant(&mut self, name: String, dims: &[usize], values: Vec<f32>) -> String {
        let dims = dims.iter().map(|&side| side as i64).collect();
        let data_type = DataType::Float as i32;
        let tensor = TensorProto { name: name.clone(), dims, data_type, float_data: values, ..TensorProto::default() };
        self.graph.initializer.push(tensor);
        name
    }

    fn node(&mut self, operator: &str, inputs: &[&str], output: &str, attributes: &[(&str, Vec<i64>)]) {
        let attribute = |(name, ints): &(&str, Vec<i64>)| {
            let one = ints.len() == 1;
            AttributeProto {
                name: (*name).into(),
                r#type: if one { AttributeType::Int } else { AttributeType::Ints } as i32,
                i: ints[0],
                ints: if one { Vec::new() } else { ints.clone() },
                ..AttributeProto::default()
            }
        };
        self.graph.node.push(NodeProto {
            op_type: operator.into(),
            name: output.into(),
            input: inputs.iter().map(ToString::to_string).collect(),
            output: vec![output.into()],
            attribute: attributes.iter().map(attribute).collect(),
            ..NodeProto::default()
        });
    }

    fn output(&mut self, name: &str) {
        self.graph.output.push(ValueInfoProto { name: name.into(), ..ValueInfoProto::default() });
    }

    /// A convolution whose window has `side` taps each way.
    fn convolution(&mut self, from: &str, to: &str, channels: [usize; 2], side: usize, stride: i64) {
        let [inputs, outputs] = channels;
        self.window(from, to, [outputs, inputs, side, side], [stride, 1, 1]);
    }

    /// A convolution of each channel, whose nine taps lie `apart`.
    fn depthwise(&mut self, from: &str, to: &str, channels: usize, stride: i64, apart: i64) {
        self.window(from, to, [channels, 1, 3, 3], [stride, apart, channels as i64]);
    }

    fn window(&mut self, from: &str, to: &str, shape: [usize; 4], [stride, apart, groups]: [i64; 3]) {
        let scale = ((shape[1] * shape[2] * shape[3]) as f32).sqrt();
        let weights = self.numbers.many(shape.iter().product()).iter().map(|weight| weight / scale).collect();
        let weights = self.constant(format!("{to}.weight"), &shape, weights);
        let bias = self.numbers.many(shape[0]);
        let bias = self.constant(format!("{to}.bias"), &[shape[0]], bias);
        let padding = apart * (shape[2] as i64 / 2);
        let attributes = [
            ("strides", vec![stride; 2]),
            ("dilations", vec![apart; 2]),
            ("pads", vec![padding; 4]),
            ("group", vec![groups]),
        ];
        self.node("Conv", &[from, &weights, &bias], to, &attributes);
    }

    fn relu6(&mut self, from: &str, to: &str) {
        self.node("Clip", &[from, "zero", "six"], to, &[]);
    }

    fn linear(&mut self, from: &str, to: &str, [inputs, outputs]: [usize; 2]) {
        let weights = self.numbers.many(inputs * outputs);
        let weights = self.constant(format!("{to}.weight"), &[inputs, outputs], weights);
        let bias = self.numbers.many(outputs);
        let bias = self.constant(format!("{to}.bias"), &[outputs], bias);
        self.node("Gemm", &[from, &weights, &bias], to, &[]);
    }

    fn pool(&mut self, from: &str, to: &str) {
        self.node("GlobalAveragePool", &[from], &format!("{to}.mean"), &[]);
        self.node("Flatten", &[&format!("{to}.mean")], to, &[]);
    }
}

/// The file, and the weights of its logit.
fn two_parts() -> (Vec<u8>, Vec<f32>) {
    let mut build = Build { graph: GraphProto { name: "two".into(), ..GraphProto::default() }, numbers: Numbers(1) };
    build.constant("zero".into(), &[], vec![0.0]);
    build.constant("six".into(), &[], vec![6.0]);

    build.input("film", SIDE);
    build.convolution("film", "stem.sum", [1, 8], 3, 2);
    build.relu6("stem.sum", "block1");
    for apart in [1, 2, 4, 8] {
        let [before, after] = [apart, apart * 2].map(|apart| format!("block{apart}"));
        build.depthwise(&before, &format!("wide{apart}.sum"), 8, 1, apart);
        build.relu6(&format!("wide{apart}.sum"), &format!("wide{apart}"));
        build.convolution(&format!("wide{apart}"), &format!("part{apart}"), [8, 8], 1, 1);
        build.node("Add", &[&before, &format!("part{apart}")], &after, &[]);
    }
    build.convolution("block16", "outline", [8, 4], 1, 1);
    build.output("outline");

    build.input("picture", SIDE);
    build.input("places", CELLS);
    build.convolution("picture", "first.sum", [1, 12], 3, 2);
    build.relu6("first.sum", "first");
    build.depthwise("first", "second.sum", 12, 2, 1);
    build.relu6("second.sum", "second");
    build.convolution("second", "third.sum", [12, CHANNELS], 1, 1);
    build.relu6("third.sum", "third");
    build.depthwise("third", "fourth.sum", CHANNELS, 1, 2);
    build.relu6("fourth.sum", "fourth");
    build.convolution("fourth", "last.sum", [CHANNELS, CHANNELS], 1, 1);
    build.relu6("last.sum", "last");
    build.node("Mul", &["last", "places"], "explained", &[]);
    build.pool("explained", "pooled");
    build.linear("pooled", "logit", [CHANNELS, 1]);
    build.pool("second", "seen");
    build.linear("seen", "gate", [12, 5]);
    build.linear("gate", "orientations", [5, 3]);
    ["explained", "logit", "gate", "orientations"].iter().for_each(|name| build.output(name));

    let weights = build.graph.initializer.iter().find(|tensor| tensor.name == "logit.weight");
    let weights = weights.expect("the logit's weights").float_data.clone();
    let opset = OperatorSetIdProto { domain: String::new(), version: 13 };
    let model =
        ModelProto { ir_version: 8, opset_import: vec![opset], graph: Some(build.graph), ..ModelProto::default() };
    (model.encode_to_vec(), weights)
}

fn picture(side: usize, numbers: &mut Numbers) -> Tensor {
    Tensor::new([1, 1, side, side], numbers.many(side * side))
}

fn assert_alike(found: &Tensor, expected: &Tensor, what: &str) {
    assert_eq!(found.shape, expected.shape, "{what}");
    for (at, (a, b)) in found.values.iter().zip(&expected.values).enumerate() {
        assert!((a - b).abs() < 1e-4 * b.abs().max(1.0), "{what}, value {at}: {a}, tract {b}");
    }
}

#[test]
fn each_part_runs_by_itself_and_gives_what_tract_gives() {
    let (onnx, weights) = two_parts();
    let parsed = Network::read(&onnx).expect("a network");
    let file = parsed.to_file();
    let shipped = Network::read(&file).expect("the form that ships");
    assert_eq!(shipped.graph, parsed.graph, "nothing is lost in the file");
    assert_eq!(shipped.inputs(), ["film", "picture", "places"]);

    let mut numbers = Numbers(2);
    let film = picture(SIDE, &mut numbers);
    // Another order than the file's.
    let (places, seen) = (picture(CELLS, &mut numbers), picture(SIDE, &mut numbers));
    let head = shipped.head("explained", "logit").expect("a head");
    let run = |network: &Network, [inputs, outputs]: [&[&str]; 2], given: &[&Tensor], kernels| {
        network.part(inputs, outputs, kernels).expect("a part").run(given).expect("runs")
    };
    let outline = run(&parsed, OUTLINE, &[&film], Kernels::Tract);
    let answer = run(&parsed, ANSWER, &[&seen, &places], Kernels::Tract);
    let logit = run(&parsed, [ANSWER[0], &["logit"]], &[&seen, &places], Kernels::Tract);
    assert_eq!(outline[0].shape, [1, 4, SIDE / 2, SIDE / 2]);
    for &kernels in [Kernels::Plain].iter().chain(Kernels::FAST) {
        let what = kernels.name();
        assert_alike(&run(&shipped, OUTLINE, &[&film], kernels)[0], &outline[0], what);
        let found = run(&shipped, ANSWER, &[&seen, &places], kernels);
        let turned = run(&shipped, [&["places", "picture"], ANSWER[1]], &[&places, &seen], kernels);
        for ((found, turned), expected) in found.iter().zip(&turned).zip(&answer) {
            assert_alike(found, expected, what);
            assert_eq!(found, turned, "{what}");
        }
        let (found, trace) = head.forward(found[0].clone()).expect("runs");
        assert_alike(&Tensor::new([1, 1], vec![found]), &logit[0], what);
        // Each cell has its share of the mean, whatever was multiplied before.
        let gradient = head.gradient(&trace).expect("has rules");
        let cells = CELLS * CELLS;
        let expected = weights.iter().flat_map(|weight| std::iter::repeat_n(weight / cells as f32, cells)).collect();
        let shape = [1, CHANNELS, CELLS, CELLS];
        assert_alike(&Tensor::new(shape, gradient), &Tensor::new(shape, expected), what);
    }
}

#[test]
fn what_a_part_lacks_is_named() {
    let (onnx, _) = two_parts();
    let network = Network::read(&onnx).expect("a network");
    let lacking: [([&[&str]; 2], &str); 3] = [
        ([&["picture"], &["explained"]], "places"),
        ([&["lateral"], &["outline"]], "lateral"),
        ([&["film"], &["contour"]], "contour"),
    ];
    for ([inputs, outputs], missing) in lacking {
        let refusal = network.part(inputs, outputs, Kernels::default()).map(drop).expect_err("no such part");
        assert!(refusal.contains(missing), "{refusal}");
    }
    let part = network.part(OUTLINE[0], OUTLINE[1], Kernels::default()).expect("a part");
    let small = Tensor::new([1, 1, 2, 2], vec![0.0; 4]);
    for inputs in [[].as_slice(), &[&small]] {
        assert!(part.run(inputs).expect_err("another shape").contains("the network takes [[1, 1, 28, 28]]"));
    }
    assert_eq!(network.head("explained", "score").expect_err("no logit").kind(), crate::Kind::Model);
}

#[test]
fn a_file_of_the_former_form_is_refused_with_what_to_do() {
    let (onnx, _) = two_parts();
    let mut file = Network::read(&onnx).expect("a network").to_file();
    file[7] = b'1';
    let refusal = Network::read(&file).map(drop).expect_err("a former form");
    assert!(refusal.contains("lungfield.network/3") && refusal.contains("as old as the model"), "{refusal}");
}

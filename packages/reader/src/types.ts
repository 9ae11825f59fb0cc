// What the element takes and gives. The readings are the command's: docs/command.md has each field.

/** How a film's way ended, what it shows and how sure that is: `lungfield.reading/1`. */
export interface Reading {
  schema: "lungfield.reading/1";
  file: string;
  status: "read" | "refused" | "failed";
  reason: { kind: string; message: string } | null;
  logit: number | null;
  probability: number | null;
  restated?: { prevalence: number; probability: number };
  outcome: "likely" | "uncertain" | "unlikely" | null;
  thresholds: {
    operating_point: number;
    unlikely_below: number;
    likely_from: number;
    site?: { normal: number; pneumonia: number; date: string };
  };
  warnings: { kind: string; message: string }[];
  gate: object | null;
  photograph: object | null;
  lungs: { rectangle: object; outline: [number, number][][] } | null;
  quality: object | null;
  heatmap: Heatmap | null;
  model: Model;
  milliseconds: { decode: number; prepare: number; infer: number; check: number; explain: number };
}

/** Grad-CAM on the grid of the explained layer. */
export interface Heatmap {
  rows: number;
  columns: number;
  values: number[];
  frame: unknown;
  class: "normal" | "pneumonia";
  full_scale: number;
  method: string;
  layer: string;
}

/** Which model answers. */
export interface Model {
  name: string;
  version: string;
  sha256: string;
}

/** What an answer is drawn as. */
export type Sign = "likely" | "uncertain" | "unlikely" | "later" | "withheld" | "no-answer";

/** A number with its name, as it is written, and from 0 to 1. */
export interface Named {
  name: string;
  text: string;
  value: number;
}

/** What is said of a reading: `lungfield.view/1`. */
export interface View {
  schema: "lungfield.view/1";
  sign: Sign;
  headline: string;
  caveat: string | null;
  probability: {
    probability: Named;
    description: string;
    operating_point: number;
    zones: { sign: Sign; name: string; range: string; from: number; to: number; is_here: boolean }[];
  } | null;
  no_number: string | null;
  said: { text: string; measured: string | null }[];
  to_do: string | null;
  detail: string | null;
  seen_first: string | null;
  warnings: string[];
  quality: {
    is_adequate: boolean;
    withholds: boolean;
    title: string;
    grade: string;
    flaws: { text: string; measured: string }[];
  } | null;
  out_of_population: string | null;
  restated: { probability: Named; positive: Named | null; negative: Named | null; stays: string } | null;
  statement: string;
  heat: { class: "normal" | "pneumonia"; name: string; text: string; caution: string | null; is_drawn: boolean }[];
  plain: string;
}

/** What is to be known of a model of a hospital's own. */
export interface OwnFacts {
  model: OwnModel;
  population: string;
  not_for: string;
  licence: string;
  classes: string[];
  through_gate: boolean;
  without_heatmap: string | null;
  archive_sha256: string;
}

/** Whose model it is. Lungfield has measured nothing of it. */
export interface OwnModel extends Model {
  site: string;
  measured: false;
  notice: string;
}

/** What it says of a film: `lungfield.own-reading/1`. */
export interface OwnReading {
  schema: "lungfield.own-reading/1";
  file: string;
  status: "read" | "refused" | "failed";
  reason: { kind: string; message: string } | null;
  model: OwnModel;
  gate: object | null;
  warnings: { kind: string; message: string }[];
  findings: {
    class: string;
    code?: string;
    output: number;
    logit: number | null;
    probability: number;
    outcome: "likely" | "uncertain" | "unlikely" | null;
    heatmap: Omit<Heatmap, "class"> | null;
  }[];
  milliseconds: Reading["milliseconds"];
}

/** What is said of it: `lungfield.own-view/1`. */
export interface OwnView {
  schema: "lungfield.own-view/1";
  title: string;
  model: string;
  about: string[];
  without_heatmap: { text: string; reason: string } | null;
  reading: string | null;
  no_answer: string | null;
  findings: { probability: Named; outcome: [Sign, string] | null; place: string | null; evidence: string | null }[];
  warnings: string[];
}

/** What the user saw before she was shown the answer. */
export interface Seen {
  quality: "adequate" | "suboptimal" | "uninterpretable";
  consolidation: boolean;
  other_infiltrate: boolean;
  effusion: boolean;
}

/** What `read` takes beside the film. */
export interface ReadOptions {
  /** What the film is called in the reading. */
  name?: string;
  /** The frame of a file that holds several, from 1. */
  frame?: number;
  /** The film's corners in a photograph of it, from its top left clockwise, in shares of the picture's sides. */
  corners?: [number, number][];
  /** The rectangle around the lungs, where it is not to be found, in shares of the sides of the film as it is hung. */
  lungs?: { left: number; top: number; right: number; bottom: number };
  /** Gives the film up. */
  signal?: AbortSignal;
  /** The buffer goes to the worker and is empty here. */
  transfer?: boolean;
}

/** A film: a file, or its bytes. */
export type Film = Blob | ArrayBuffer | Uint8Array;

/** Where the element is. */
export type State = "idle" | "loading" | "ready" | "reading" | "read" | "refused" | "failed" | "broken";

/** The events, by their names. */
export interface LungfieldEvents {
  "lungfield-ready": CustomEvent<{ model: Model }>;
  "lungfield-progress": CustomEvent<{ received: number; total: number }>;
  "lungfield-stage": CustomEvent<{ stage: string }>;
  "lungfield-reading": CustomEvent<{ reading: Reading; view: View | null }>;
  "lungfield-seen": CustomEvent<{ reading: Reading; seen: Seen | null }>;
  "lungfield-own-model": CustomEvent<{ facts: OwnFacts }>;
  "lungfield-own-reading": CustomEvent<{ reading: OwnReading }>;
  "lungfield-reveal": CustomEvent<{ reading: Reading }>;
  "lungfield-export": CustomEvent<{ format: string; name: string; blob: Blob }>;
  "lungfield-error": CustomEvent<{ kind: string; message: string }>;
}

// JSX's types for React 19: `import type {} from "@lungfield/reader/react"`.

import type { DetailedHTMLProps, HTMLAttributes } from "react";
import type { LungfieldReader } from "./index.js";
import type { Film, LungfieldEvents } from "./types.js";

/** The element's attributes and properties, and its events as React listens to them. */
export type LungfieldReaderProps = DetailedHTMLProps<HTMLAttributes<LungfieldReader>, LungfieldReader> & {
  assets?: string;
  exports?: string;
  film?: Film | null;
  frame?: number;
  heat?: "on" | "off";
  loading?: "lazy" | "eager" | "manual";
  name?: string;
  ownModel?: Blob | string | null;
  pick?: boolean;
  prevalence?: number;
  readFirst?: boolean;
  src?: string;
  tools?: string;
  view?: "full" | "compact" | "result" | "none";
} & { [Event in keyof LungfieldEvents as `on${Event}`]?: (event: LungfieldEvents[Event]) => void };

declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "lungfield-reader": LungfieldReaderProps;
    }
  }
}

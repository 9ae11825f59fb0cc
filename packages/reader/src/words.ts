/** A language's texts, as www/locales/*.json has them. */
export type Words = typeof import("../../../www/locales/en.json");

/** What `/api/coverage` tells. */

/** A place of the page: its room, what it is called, what stands behind the page's own address. */
export interface Place {
  room: string;
  title: string;
  href: string;
}

/** What documents say in one row; `words`, `says` and `right` are HTML. */
export interface Covered {
  row: string;
  words: string;
  sources: string[];
  /** the first is the one to open */
  places: Place[];
  /** where one of them errs, and what is right */
  but: { of: string; says: string; right: string }[];
}

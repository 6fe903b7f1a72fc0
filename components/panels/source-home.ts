/** The card's own place beside the panels; where there is none the card covers a part of one, and comes only when it is asked for. */
export const SOURCE_HOME = "source-home";

export const isSourceHomeShown = (): boolean => document.getElementById(SOURCE_HOME)?.checkVisibility() ?? false;

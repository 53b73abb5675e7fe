/** One timer union, one table, one armed OS timer (architecture.md, rule 5). A timer is a string: `<machine>:<what>:<key>`. */
export type Timer = string;

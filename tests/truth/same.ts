/** Shares to twelve digits: the last ones depend on the order in which they were added up. */
export const rounded = (answer: object): unknown =>
  JSON.parse(JSON.stringify(answer), (_, value: unknown) =>
    typeof value === "number" ? Number(value.toPrecision(12)) : value,
  );

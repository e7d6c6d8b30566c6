/** Words that the pages about detailed usage share. */
export const usageText = {
  noneTitle: "No install shares detailed usage in this range",
  noneLead:
    "Detailed usage is sent only after an explicit opt-in. The base layer still counts these installs on the overview.",
  about: (count: string) => `about ${count}`,
  conditions: {
    add: "Add a condition",
    property: "Property",
    comparison: "Comparison",
    operators: { ":": "is", ">": "more than", ">=": "at least", "<": "less than", "<=": "at most" },
    value: "Value",
    or: " or ",
    range: (least: number, most: number) => `${least} to ${most}`,
    submit: "Add",
    wrong: "Give a value.",
    wrongNumber: "Give a number.",
    none: "This event has no properties in this range.",
    print: (key: string, operator: string, value: string) => `${key} ${operator} ${value}`,
    remove: (condition: string) => `Remove condition: ${condition}`,
  },
} as const;

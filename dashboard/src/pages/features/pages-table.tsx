import { useQuestion } from "../../api/query.ts";
import type { PageViews } from "../../api/usage.ts";
import { TableCard } from "../../card/table-card.tsx";
import { formatCount } from "../../format/numbers.ts";
import { useScope } from "../../state/scope.ts";
import { featuresText } from "../../text/features.ts";
import { printUsers } from "../usage/users.ts";

const words = featuresText.pages;
const { column } = featuresText;

/** Page views by route. */
export function PagesTable() {
  const { params } = useScope();
  const query = useQuestion<PageViews>("pages", params);
  return (
    <TableCard
      id="pages"
      class="half"
      title={words.title}
      query={query}
      empty={words.empty}
      definition={words.foot}
      summary={(data) =>
        words.summary(
          formatCount(data.total.count),
          formatCount(
            data.rows.filter(({ route }) => route !== null).length + (data.other?.routes ?? 0),
          ),
        )
      }
      table={(data) => {
        const rows = [
          ...data.rows.map(({ route, ...row }) => ({ ...row, name: route ?? words.none })),
          ...(data.other
            ? [{ ...data.other, name: words.other(formatCount(data.other.routes)) }]
            : []),
        ];
        return {
          columns: [
            { id: "route", label: words.route },
            { id: "views", label: words.views, unit: "count" },
            { id: "installs", label: column.installs, unit: "count" },
            {
              id: "users",
              label: column.users,
              unit: "count",
              print: (users) => {
                const { shown, exact } = printUsers(Number(users), data.usersExactTo);
                return <span title={exact}>{shown}</span>;
              },
            },
          ],
          rows: rows.map((row) => [row.name, row.count, row.installs, row.users]),
        };
      }}
    />
  );
}

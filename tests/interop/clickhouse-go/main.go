// Asks the SQL endpoint what Grafana's ClickHouse data source asks, with the driver that it uses, and
// prints one JSON object of what came back. Arguments: address, path, token, database.
package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/google/uuid"
)

const types = `SELECT toUUID('6f1c2a7e-3f0b-4d52-9c55-0d9a4b1f7e21') AS id,
  toDateTime64('2026-11-20 12:00:00.123', 3, 'UTC') AS at,
  CAST(map('a', 'b'), 'Map(LowCardinality(String), String)') AS properties,
  CAST(NULL, 'Nullable(DateTime64(3, \'UTC\'))') AS nothing,
  CAST('x', 'Nullable(String)') AS something,
  toLowCardinality('linux') AS platform,
  ['1.0.0', '2.0.0'] AS versions,
  CAST([toDate('2026-11-20')], 'Array(Date)') AS days,
  CAST(true, 'Bool') AS admitted,
  toUInt64(18446744073709551615) AS big,
  1.5 AS number
FROM numbers(2)`

func code(err error) int32 {
	var exception *clickhouse.Exception
	if errors.As(err, &exception) {
		return exception.Code
	}
	return 0
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// What Grafana's plugin sets: HTTP, gzip, a database, a path, and settings of the data source.
func open(args []string) *sql.DB {
	return clickhouse.OpenDB(&clickhouse.Options{
		Addr:        []string{args[0]},
		HttpUrlPath: args[1],
		Auth:        clickhouse.Auth{Database: args[3], Username: "grafana", Password: args[2]},
		Protocol:    clickhouse.HTTP,
		Compression: &clickhouse.Compression{Method: clickhouse.CompressionGZIP},
		Settings:    clickhouse.Settings{"max_execution_time": 60, "limit": 1000000},
		DialTimeout: 10 * time.Second,
		ReadTimeout: 60 * time.Second,
	})
}

func strings_(db *sql.DB, query string) []string {
	found := []string{}
	rows, err := db.Query(query)
	if err != nil {
		return []string{err.Error()}
	}
	defer rows.Close()
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			return []string{err.Error()}
		}
		found = append(found, one)
	}
	return found
}

func main() {
	args := os.Args[1:]
	db := open(args)
	ctx := context.Background()
	out := map[string]any{"ping": text(db.PingContext(ctx))}

	out["tables"] = strings_(db, "SHOW TABLES")
	out["databases"] = strings_(db, "SHOW DATABASES")

	var sum int64
	err := db.QueryRow("SELECT toInt64({a:UInt32} + length({b:String}))",
		clickhouse.Named("a", "40"), clickhouse.Named("b", "it's")).Scan(&sum)
	out["parameters"] = fmt.Sprint(sum, text(err))

	var (
		id         uuid.UUID
		at         time.Time
		properties map[string]string
		nothing    *time.Time
		something  *string
		platform   string
		versions   []string
		days       []time.Time
		admitted   bool
		big        uint64
		number     float64
	)
	err = db.QueryRow(types).Scan(&id, &at, &properties, &nothing, &something, &platform,
		&versions, &days, &admitted, &big, &number)
	out["types"] = []any{id.String(), at.UTC().Format(time.RFC3339Nano), properties, nothing, something,
		platform, versions, len(days), admitted, fmt.Sprint(big), number, text(err)}

	_, err = db.Exec("INSERT INTO heartbeats (app) VALUES ('x')")
	out["insert"] = []any{code(err), text(err)}
	err = db.QueryRow("SELECT nope FROM totals").Scan(&sum)
	out["mistake"] = []any{code(err), text(err)}
	_, err = db.Exec("SELECT 1; SELECT 2")
	out["several"] = code(err)

	var group sync.WaitGroup
	parallel := make([]string, 2)
	for at := range parallel {
		group.Add(1)
		go func() {
			defer group.Done()
			var n uint64
			err := db.QueryRow(fmt.Sprintf("SELECT sum(number) + %d FROM numbers(1000000)", at)).Scan(&n)
			parallel[at] = fmt.Sprint(n, text(err))
		}()
	}
	group.Wait()
	out["parallel"] = parallel

	count := 0
	rows, err := db.Query("SELECT toString(number) AS a, number AS b FROM numbers(100000)")
	if err == nil {
		for rows.Next() {
			var a string
			var b uint64
			if err = rows.Scan(&a, &b); err != nil || a != fmt.Sprint(b) {
				break
			}
			count++
		}
		err = errors.Join(err, rows.Err())
		rows.Close()
	}
	out["big"] = fmt.Sprint(count, text(err))

	limited := clickhouse.Context(ctx, clickhouse.WithSettings(clickhouse.Settings{"max_execution_time": 1}))
	err = db.QueryRowContext(limited, "SELECT count() FROM numbers(1000000000000) WHERE sipHash64(number) = 1").Scan(&sum)
	out["timeout"] = code(err)
	gone, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
	defer cancel()
	err = db.QueryRowContext(gone, "SELECT count() FROM numbers(1000000000000) WHERE sipHash64(number) = 1").Scan(&sum)
	out["cancelled"] = errors.Is(err, context.DeadlineExceeded)

	wrong := open([]string{args[0], args[1], strings.Repeat("x", 20), args[3]})
	err = wrong.PingContext(ctx)
	out["wrong"] = text(err)

	json.NewEncoder(os.Stdout).Encode(out)
}

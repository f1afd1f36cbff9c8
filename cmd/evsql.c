/*
 * evsql -- any question to a lake, in SQL.
 */
#include "answer.h"
#include "query/session.h"
#include "sql_prompt.h"
#include "tool.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const struct tool tool = {
    .name = "evsql",
    .synopsis = "[-v] [-d NAME=VALUE] [-f table|tsv|csv|jsonl] [-l BYTES] [-r RUN] LAKE [SQL]",
    .help = "  -d NAME=VALUE  what :NAME stands for in the SQL; as often as needed\n"
	    "  -f FORMAT      table, tsv, csv or jsonl; table unless given\n"
	    "  -l BYTES       refuse what would read more of silver\n"
	    "  -r RUN         silver as that run left it\n"
	    "  -v             say on stderr what it took\n"
	    "Without SQL it is read from standard input; on a terminal that is sqlite3's prompt.\n",
};

struct evsql {
	struct session session;
	enum rows_format format;
	bool verbose;
	uint64_t limit, run;
	char **definitions; /* NAME=VALUE */
	bool *used;
	size_t n;
};

/* --- parameters ------------------------------------------------------------------------------------------
 */

/* The VALUE for a parameter that is called so behind its first character, or NULL. */
static const char *find_value(struct evsql *e, const char *name)
{
	const size_t len = strlen(name);

	for (size_t i = 0; i < e->n; i++) {
		if (strncmp(e->definitions[i], name, len) == 0 && e->definitions[i][len] == '=') {
			e->used[i] = true;
			return e->definitions[i] + len + 1;
		}
	}
	return NULL;
}

/* A number is what SQLite would write so; 007 is a text. */
static void bind(struct db_statement *s, int i, const char *value)
{
	char again[64], *end;
	const long long whole = strtoll(value, &end, 10);
	const double real = strtod(value, NULL);

	snprintf(again, sizeof again, "%lld", whole);
	if (strcmp(again, value) == 0) {
		db_bind_int(s, i, whole);
		return;
	}
	snprintf(again, sizeof again, "%.15g", real);
	if (strcmp(again, value) == 0 && strspn(value, "-0123456789.") == strlen(value))
		db_bind_double(s, i, real);
	else
		db_bind_text(s, i, text_of(value));
}

static int bind_all(struct evsql *e, struct db_statement *s)
{
	for (int i = 1; i <= db_parameters(s); i++) {
		const char *name = db_parameter_name(s, i);
		const char *value = name != NULL ? find_value(e, name + 1) : NULL;

		if (name == NULL)
			return cause_record(STATUS_USAGE, "give parameters names: :day, and -d day=VALUE");
		if (value == NULL)
			return cause_record(STATUS_USAGE, "what is %s? Say -d %s=VALUE", name, name + 1);
		bind(s, i, value);
	}
	return 0;
}

static int check_definitions(const struct evsql *e)
{
	for (size_t i = 0; i < e->n; i++) {
		if (!e->used[i])
			return cause_record(STATUS_USAGE, "-d %s: there is no :%.*s in the SQL",
					    e->definitions[i], (int)strcspn(e->definitions[i], "="),
					    e->definitions[i]);
	}
	return 0;
}

static void add_definition(struct evsql *e, char *definition)
{
	if (strchr(definition, '=') == NULL)
		tool_usage("-d %s: NAME=VALUE, please", definition);
	e->definitions[e->n++] = definition;
}

/* --- questions -------------------------------------------------------------------------------------------
 */

static void tell(const struct evsql *e, uint64_t rows, const struct timespec *from)
{
	const struct usage *usage = &e->session.query.usage;
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	tool_warn("%" PRIu64 " row%s in %.3f s; of silver %" PRIu64 " of %" PRIu64 " files, %" PRIu64
		  " of %" PRIu64 " bytes",
		  rows, rows == 1 ? "" : "s",
		  (double)(now.tv_sec - from->tv_sec) + (double)(now.tv_nsec - from->tv_nsec) / 1e9,
		  usage->files, usage->files_all, usage->bytes, usage->bytes_all);
}

static int ask(struct evsql *e, const char *sql)
{
	struct timespec from;
	uint64_t rows = 0;
	int more;

	clock_gettime(CLOCK_MONOTONIC, &from);
	for (;;) {
		struct db_statement *s;

		more = session_next(&e->session, &sql, &s);
		if (more <= 0)
			break;
		if (bind_all(e, s) != 0 || answer_print(s, e->format, &rows) != 0)
			return -1;
		db_finalize(s);
	}
	if (e->verbose && more == 0)
		tell(e, rows, &from);
	return more == 0 ? check_definitions(e) : -1;
}

/* All that comes from standard input. */
static int read_sql(struct buffer *sql)
{
	ssize_t n;

	do {
		if (buffer_reserve(sql, 65536) != 0)
			return -1;
		n = fd_read(STDIN_FILENO, sql->data + sql->len, sql->cap - sql->len, "stdin");
		sql->len += n > 0 ? (size_t)n : 0;
	} while (n > 0);
	return n < 0 ? -1 : 0;
}

static int run(struct evsql *e, const char *lake, const char *sql)
{
	const char *schemas = tool_schemas();
	struct buffer input = {0};
	int result = -1;

	if (schemas == NULL || (sql == NULL && read_sql(&input) != 0) ||
	    session_open(&e->session, lake, schemas, e->run) != 0)
		goto out;
	e->session.query.usage.limit = e->limit;
	if (sql == NULL)
		sql = buffer_text(&input);
	if (sql != NULL)
		result = ask(e, sql);
out:
	session_close(&e->session);
	buffer_free(&input);
	return result;
}

int main(int argc, char **argv)
{
	struct evsql e = {.format = ROWS_TABLE};
	int option;

	tool_start(&tool);
	e.definitions = calloc((size_t)argc, sizeof *e.definitions);
	e.used = calloc((size_t)argc, sizeof *e.used);
	if (e.definitions == NULL || e.used == NULL) {
		cause_memory();
		return tool_finish(NULL);
	}
	while ((option = tool_option(argc, argv, "d:f:l:r:v")) != -1) {
		switch (option) {
		case 'd': add_definition(&e, optarg); break;
		case 'f':
			if (!rows_format_parse(optarg, &e.format))
				tool_usage("no format '%s': table, tsv, csv or jsonl", optarg);
			break;
		case 'l': e.limit = (uint64_t)tool_number('l', optarg, 1, INT64_MAX); break;
		case 'r': e.run = (uint64_t)tool_number('r', optarg, 1, INT64_MAX); break;
		case 'v': e.verbose = true; break;
		}
	}
	if (argc - optind < 1 || argc - optind > 2)
		tool_usage("a lake, and perhaps a question in quotes");
	const char *sql = argv[optind + 1];
	const bool asks = sql != NULL || !isatty(STDIN_FILENO);

	if (!asks && (e.n > 0 || e.limit > 0 || e.verbose))
		tool_usage("-d, -l and -v go with SQL");
	const bool done = asks ? run(&e, argv[optind], sql) == 0 : sql_prompt(argv[optind], e.run) == 0;

	(void)done; /* a failure is on record, and tool_finish tells it */
	free(e.definitions);
	free(e.used);
	return tool_finish(NULL);
}

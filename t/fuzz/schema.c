/*
 * Schemas: any text is one or is refused by name; one that is taken decodes lines, whichever way they go.
 * Behind the schema, and a zero byte, may stand lines of one's own.
 */
#include "../unit/decode_bench.h"
#include "fuzz.h"

static const char lines[] =
    "{\"timestamp\": \"2025-12-07T03:55:56.633003+00:00\", \"a\": 1, \"b\": 1.5, \"c\": \"x\", \"d\": true}\n"
    "{\"timestamp\": \"2025-12-07T03:55:56.633003+00:00\", \"a\": 2, \"b\": -2.25, \"c\": \"yy\", \"d\": "
    "null}\n"
    "{\"a\": 3000000000, \"b\": 1e300, \"c\": \"\", \"d\": false}\n"
    "{\"a\": -0, \"b\": 0.0000001, \"c\": \"\\u00e4\\n\", \"event_type\": \"purchase\", \"price\": 9.99}\n"
    "{\"a\":null,\"b\":\"x\",\"c\":7,\"d\":[]}\n"
    "{\"timestamp\": 1765079756633, \"a\": {\"b\": \"1.5\", \"a\": {\"c\": 1}}, \"c\": {\".d\": 5, \"d\": "
    "\"\"}}\n"
    "{\"timestamp\": 1765079756634, \"a\": {\"b\": \"22.5\", \"a\": {\"c\": 2}}, \"c\": {\".d\": 7, \"d\": "
    "\"x\"}}\n"
    "{\"timestamp\": \"1765079756\", \"a\": {\"b\": -1e3}, \"a\": {\"a\": []}, \"c\": null, \"b\": "
    "\"\\u0031\"}\n";

/* What a verdict says of rows that differ; a name or a line may say so too. */
static const char differs[] = "(and differently)";

static bool is_name(const struct columns *columns)
{
	for (size_t i = 0; i < columns->n; i++)
		if (strstr(columns->items[i].name, differs) != NULL)
			return true;
	return false;
}

static void try_lines(struct bench *grammar, struct bench *quick, const char *p, size_t len)
{
	while (len > 0) {
		const char *end = memchr(p, '\n', len);
		const struct line line = {.data = p, .len = end != NULL ? (size_t)(end - p) : len};

		if (!line_is_blank(&line)) {
			char *expected = strdup(verdict(grammar, p, line.len));

			MUST(strcmp(expected, verdict(quick, p, line.len)) == 0);
			MUST(strstr(expected, differs) == NULL ||
			     memmem(p, line.len, differs, strlen(differs)) != NULL);
			free(expected);
		}
		if (end == NULL)
			break;
		len -= line.len + 1;
		p = end + 1;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const uint8_t *zero = len > 0 ? memchr(data, 0, len) : NULL;
	const size_t text_len = zero != NULL ? (size_t)(zero - data) : len;
	char *text = malloc(text_len > 0 ? text_len : 1);
	struct bench ways[2];

	memcpy(text, data, text_len);
	for (int i = 0; i < 2; i++) {
		struct schema *s = schema_compile(text, text_len, "fuzz.json");

		if (s == NULL) {
			MUST(i == 0 && cause_status() == STATUS_USAGE &&
			     strncmp(cause_message(), "fuzz.json:", 10) == 0);
			fuzz_failed();
			goto out;
		}
		if (is_name(&s->columns)) {
			schema_free(s);
			goto out;
		}
		bench_open(&ways[i], s);
		ways[i].never_scans = i == 0;
	}
	try_lines(&ways[0], &ways[1], lines, sizeof lines - 1);
	if (zero != NULL)
		try_lines(&ways[0], &ways[1], (const char *)zero + 1, len - text_len - 1);
	bench_close(&ways[0]);
	bench_close(&ways[1]);
out:
	free(text);
	return 0;
}

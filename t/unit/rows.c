/* The printer belongs to the tools, so it is in no library: it is compiled in here. */
#include "../../cmd/rows.c"
#include "tap.h"

static const struct rows_column columns[] = {{"name", false}, {"n", true}, {"last", false}};

/* What the rows look like in a format; borrowed until the next call. */
static const char *print(enum rows_format format, struct text (*cells)[3], size_t n)
{
	static char *text;
	static size_t len;
	FILE *out;
	struct rows r;
	bool good;

	free(text);
	text = NULL;
	out = open_memstream(&text, &len);
	good = out != NULL && rows_open(&r, out, format, columns, 3) == 0;
	for (size_t i = 0; good && i < n; i++)
		good = rows_add(&r, cells[i]) == 0;
	good = good && rows_end(&r) == 0;
	rows_close(&r);
	fclose(out);
	return good ? text : "failed";
}

#define TEXT(s)                 \
	{                       \
		s, sizeof s - 1 \
	}

static void formats(void)
{
	struct text cells[][3] = {
	    {TEXT("a,b"), TEXT("7"), TEXT("x\ty")},
	    {TEXT("say \"x\"\n"), {NULL, 0}, TEXT("")},
	    {TEXT("\xe6\x97\xa5\xe6\x9c\xac"), TEXT("-12"), TEXT("\\ \xff\x1b")},
	};
	const char *got;

	got = print(ROWS_TSV, cells, 3);
	ok(strcmp(got, "name\tn\tlast\na,b\t7\tx\\ty\nsay \"x\"\\n\t\t\n"
		       "\xe6\x97\xa5\xe6\x9c\xac\t-12\t\\\\ \xff\x1b\n") == 0,
	   "tsv escapes");
	got = print(ROWS_CSV, cells, 3);
	ok(strcmp(got, "name,n,last\n\"a,b\",7,x\ty\n\"say \"\"x\"\"\n\",,\"\"\n"
		       "\xe6\x97\xa5\xe6\x9c\xac,-12,\\ \xff\x1b\n") == 0,
	   "csv quotes");
	got = print(ROWS_JSONL, cells, 3);
	ok(strcmp(got, "{\"name\":\"a,b\",\"n\":7,\"last\":\"x\\ty\"}\n"
		       "{\"name\":\"say \\\"x\\\"\\n\",\"n\":null,\"last\":\"\"}\n"
		       "{\"name\":\"\xe6\x97\xa5\xe6\x9c\xac\",\"n\":-12,"
		       "\"last\":\"\\\\ \xef\xbf\xbd\\u001b\"}\n") == 0,
	   "jsonl escapes, and mends what is not UTF-8");
	got = print(ROWS_TABLE, cells, 3);
	ok(strcmp(got, "name         n  last\n"
		       "a,b          7  x\\ty\n"
		       "say \"x\"\\n       \n"
		       "\xe6\x97\xa5\xe6\x9c\xac       -12  \\ \\xff\\x1b\n") == 0,
	   "a table is aligned by display width, and disturbs no terminal");
	ok(strcmp(print(ROWS_JSONL, cells, 0), "") == 0, "no rows, nothing in jsonl");
	ok(strcmp(print(ROWS_CSV, cells, 0), "name,n,last\n") == 0, "and a header elsewhere");
}

/* Values that are no texts, and those of them that JSON has no words for. */
static void values(void)
{
	struct text cells[1][3] = {{TEXT("x"), TEXT("true"), TEXT("true")}};

	ok(strcmp(print(ROWS_JSONL, cells, 1), "{\"name\":\"x\",\"n\":true,\"last\":\"true\"}\n") == 0,
	   "truth values are no texts");
	cells[0][1] = (struct text)TEXT("-inf");
	ok(strcmp(print(ROWS_JSONL, cells, 1), "{\"name\":\"x\",\"n\":\"-inf\",\"last\":\"true\"}\n") == 0,
	   "infinity is one");
}

static void utf8(void)
{
	static const struct {
		const char *bytes;
		size_t n;
	} cases[] = {
	    {"a", 1},
	    {"\xc3\xa9", 2},
	    {"\xe2\x82\xac", 3},
	    {"\xf0\x9f\x98\x80", 4},
	    {"\xc0\x80", 0},
	    {"\xe0\x80\x80", 0},
	    {"\xed\xa0\x80", 0},
	    {"\xf4\x90\x80\x80", 0},
	    {"\xf0\x80\x80\x80", 0},
	    {"\xf5\x80\x80\x80", 0},
	    {"\x80", 0},
	    {"\xe2\x82", 0},
	    {"\xff", 0},
	    {"\xc3", 0},
	    {"\xf4\x8f\xbf\xbf", 4},
	};
	uint32_t code;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		ok(utf8_get(cases[i].bytes, strlen(cases[i].bytes), &code) == cases[i].n, "sequence %zu", i);
}

static void many(void)
{
	struct rows r;
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	struct text wide[] = {TEXT("wider than it was"), TEXT("1"), TEXT("z")};
	struct text narrow[] = {TEXT("a"), TEXT("1"), TEXT("z")};
	bool good = rows_open(&r, out, ROWS_TABLE, columns, 3) == 0;
	size_t lines = 0;

	for (int i = 0; i < 5000; i++)
		good = good && rows_add(&r, i < 3000 ? narrow : wide) == 0;
	ok(good && r.cap_cells < 5000, "memory does not grow with the rows");
	ok(rows_end(&r) == 0, "the end");
	rows_close(&r);
	fclose(out);
	for (const char *p = text; *p != '\0'; p++)
		lines += *p == '\n';
	ok(lines == 5001, "every row is there");
	free(text);
}

int main(void)
{
	formats();
	values();
	utf8();
	many();
	return tap_done();
}

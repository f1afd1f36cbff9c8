#include "schema.h"

#include "decode/drift.h"
#include "tool.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

struct findings {
	const struct survey *survey;
	uint64_t n;
};

static void print_finding(void *context, struct survey_place place, const char *what, const char *path,
			  const char *detail)
{
	struct findings *f = context;
	const char *where = schema_place(f->survey, place);

	f->n++;
	tool_print(where != NULL ? where : "");
	printf(": %s: ", what);
	tool_print(path);
	fputs(*path != '\0' ? ": " : "", stdout);
	tool_print(detail);
	putchar('\n');
}

static int compare(const char *path, const struct buffer *text, struct survey *survey, char **paths)
{
	struct schema *schema = schema_compile((const char *)text->data, text->len, path);
	struct drift drift = {0};
	struct findings findings = {.survey = survey};
	int result = -1;

	if (schema == NULL || drift_open(&drift, schema, (const char *)text->data, text->len, survey) != 0 ||
	    schema_survey(survey, paths) != 0)
		goto out;
	if (survey->rows == 0)
		cause_record(STATUS_REFUSED, "there is no line with an object in it");
	else
		result = drift_tell(&drift, print_finding, &findings);
	if (findings.n > 0)
		cause_record(STATUS_REFUSED, "%s: %" PRIu64 " findings in %" PRIu64 " lines", path,
			     findings.n, survey->rows);
out:
	drift_close(&drift);
	schema_free(schema);
	return result;
}

int schema_diff(int argc, char **argv)
{
	struct survey survey = {0};
	struct buffer text = {0};

	while (tool_option(argc, argv, "") != -1)
		;
	if (optind == argc)
		tool_usage("a schema, please, and what is to be held against it");
	if (schema_read_text(argv[optind], &text) == 0 && survey_open(&survey, LINE_LIMIT) == 0)
		(void)!compare(argv[optind], &text, &survey, argv + optind + 1);
	survey_close(&survey);
	buffer_free(&text);
	return tool_finish(NULL);
}

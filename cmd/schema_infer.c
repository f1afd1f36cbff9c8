#include "schema.h"

#include "decode/infer.h"
#include "tool.h"

#include <stdio.h>
#include <unistd.h>

static void warn_of_field(const struct infer *f, uint32_t i)
{
	const struct infer_field *field = &f->fields[i];
	const struct survey_value *v = &f->survey->fields[i].value;
	struct buffer path = {0};
	const char *name = survey_path(f->survey, i, &path) == 0 ? buffer_text(&path) : NULL;

	if (name != NULL && path.len == 0)
		name = "\"\"";
	if (name != NULL && field->fate == INFER_LEFT_OUT)
		tool_warn("%s: left out: %s", name, field->why);
	else if (name != NULL && field->rejects > 0)
		tool_warn("%s: %llu lines would be rejected, and %llu have a value of it", name,
			  (unsigned long long)field->rejects, (unsigned long long)survey_value_rows(v));
	buffer_free(&path);
}

/* What somebody who takes the schema as it is should know. */
static void warn(const struct infer *f)
{
	const struct survey *s = f->survey;
	bool has_time = false;

	for (int i = 0; i < SURVEY_FAULTS; i++) {
		if (s->faults[i] > 0)
			tool_warn("%s: %s: %llu lines in all", schema_place(s, s->first_fault[i]),
				  survey_fault_name((enum survey_fault)i), (unsigned long long)s->faults[i]);
	}
	if (s->others > 0)
		tool_warn("%s: from here on keys are left out: there are more than %d, or they are long",
			  schema_place(s, s->first_other), SURVEY_FIELDS);
	for (uint32_t i = 0; i < s->n; i++) {
		warn_of_field(f, i);
		has_time |= f->fields[i].is_required && f->fields[i].type == COLUMN_TIMESTAMP;
	}
	if (!has_time)
		tool_warn("no time is always there: a lake needs a column timestamp that is required");
}

static int print_schema(const struct survey *survey, bool quiet)
{
	struct infer f = {0};
	struct buffer text = {0};
	int result = -1;

	if (infer_open(&f, survey) != 0 || infer_write(&f, &text) != 0)
		goto out;
	if (!quiet)
		warn(&f);
	/* What cannot be written shows when stdout is closed. */
	fwrite(text.data, 1, text.len, stdout);
	result = 0;
out:
	infer_close(&f);
	buffer_free(&text);
	return result;
}

int schema_infer(int argc, char **argv)
{
	struct survey survey = {0};
	bool quiet = false;

	while (tool_option(argc, argv, "q") != -1)
		quiet = true;
	if (survey_open(&survey, LINE_LIMIT) == 0 && schema_survey(&survey, argv + optind) == 0)
		(void)!print_schema(&survey, quiet);
	survey_close(&survey);
	return tool_finish(NULL);
}

#include "schema.h"

#include "cat.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int take_lines(void *context, struct input *input, struct text name)
{
	return survey_source(context, input, name);
}

/* A lake's lines are those in its bronze/. The caller frees what is not path. */
static char *find_lines(char *path)
{
	struct stat st;
	char *bronze;

	if (asprintf(&bronze, "%s/bronze", path) < 0) {
		cause_memory();
		return NULL;
	}
	if (strcmp(path, "-") != 0 && stat(bronze, &st) == 0 && S_ISDIR(st.st_mode))
		return bronze;
	free(bronze);
	return path;
}

int schema_survey(struct survey *survey, char **paths)
{
	struct cat cat = {.limit = LINE_LIMIT, .take = take_lines, .context = survey};
	static char *none[] = {NULL};

	if (*paths == NULL)
		return cat_operands(&cat, none);
	for (; *paths != NULL; paths++) {
		char *one[2] = {find_lines(*paths), NULL};
		const int result = one[0] != NULL ? cat_operands(&cat, one) : -1;

		if (one[0] != *paths)
			free(one[0]);
		if (result != 0)
			return -1;
	}
	return 0;
}

const char *schema_place(const struct survey *survey, struct survey_place place)
{
	static struct buffer text;

	buffer_clear(&text);
	return survey_place(survey, place, &text) == 0 ? buffer_text(&text) : NULL;
}

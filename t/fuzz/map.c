/*
 * Lines and programs on their way to libjq, which is not asked: numbers that are hidden from it come back as
 * they were, whatever stands around them; and of any program it is known where its directives end.
 */
#include "base/json.h"
#include "decode/exact.h"
#include "decode/jq_words.h"
#include "fuzz.h"

static void try_program(const char *program, size_t len)
{
	struct jq_words words;

	if (jq_words_check(program, "/nonexistent", "fuzz.jq", &words) != 0) {
		MUST(cause_status() == STATUS_USAGE && strncmp(cause_message(), "fuzz.jq:", 8) == 0);
		cause_clear();
		return;
	}
	MUST(words.directives <= len);
}

static void try_json(const char *text, size_t len)
{
	struct buffer hidden = {0}, shown = {0};
	struct text json = {text, len};
	struct json_token token;
	const char *bad = NULL, *p;
	size_t numbers;

	p = json_value(json_space(text, text + len), text + len, &token, &bad);
	if (p == NULL || json_space(p, text + len) != text + len)
		return;
	MUST(exact_hide(&json, &hidden, &numbers) == 0);
	/* What was hidden is JSON too, and holds no number that would be lost. */
	p = json_value(json_space(json.data, json.data + json.len), json.data + json.len, &token, &bad);
	MUST(p != NULL && json_space(p, json.data + json.len) == json.data + json.len);
	MUST(numbers > 0 || json.data == text || json.len > len);
	MUST(exact_show(&json, &shown) == 0);
	MUST(text_equal(json, (struct text){text, len}));
	buffer_free(&hidden);
	buffer_free(&shown);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *text = calloc(len + JSON_SLACK + 1, 1);

	memcpy(text, data, len);
	try_json(text, len);
	try_program(text, strlen(text));
	free(text);
	return 0;
}

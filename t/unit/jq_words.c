/* jq_words: what a program may not name, and what only looks as if it did. */
#include "decode/jq_words.h"

#include "tap.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/evlake-words-XXXXXX";

static bool passes(const char *program, struct jq_words *words)
{
	const int result = jq_words_check(program, folder, "map.jq", words);

	return result == 0;
}

static void test_names(void)
{
	static const char *const good[] = {
	    "",
	    ".",
	    ".env",
	    ".env.input?.debug",
	    "\"env input $ENV\"",
	    "# env\n.",
	    "{env: 1, input: 2, \"now\": 3}",
	    "{a, env, halt}",
	    "{env}",
	    ". as {env: $env} | $env",
	    "$input",
	    ".[\"env\"]",
	    "environment, inputs_of, debugging",
	    "\"\\(.env) \\({env})\"",
	    "\"\\(\"env\")\"",
	    "\"a\\\"env\"",
	    ".. | .env",
	    "1e5, .5, 1.e3",
	    "@text \"env\"",
	};
	static const char *const bad[] = {
	    "env",
	    "$ENV",
	    "$ ENV",
	    "$ENV.PATH",
	    "[env]",
	    "{a: env}",
	    "{a: 1, b: env}",
	    "{(env|keys[0]): 1}",
	    "{\"\\(env)\": 1}",
	    "input",
	    "[inputs]",
	    "_input",
	    "debug",
	    "stderr",
	    "now",
	    "1|halt",
	    "halt_error",
	    "input_line_number",
	    "input_filename",
	    "localtime",
	    "strflocaltime(\"%c\")",
	    "modulemeta",
	    "get_search_list",
	    "\"\\(env)\"",
	    "\"\\(1 + (env|length))\"",
	    "\"\\(\"\\(env)\")\"",
	    "\"a\" + env",
	    "# a\nenv",
	    "f(env)",
	    "[1, env]",
	    "{} | env",
	    "..env",
	    "1env",
	};
	struct jq_words words;

	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		ok(passes(good[i], &words), "passes: %s %s", good[i], cause_message());
		cause_clear();
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		ok(!passes(bad[i], &words) && cause_status() == STATUS_USAGE, "is off: %s", bad[i]);
		cause_clear();
	}
	ok(!passes(".\n| \"\n\" |\n env", &words) && strncmp(cause_message(), "map.jq:4: env:", 14) == 0,
	   "its line is told: %s", cause_message());
	cause_clear();
}

static void write_file(const char *name, const char *text)
{
	char path[256];
	int fd;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		exit(4);
	close(fd);
}

static void test_modules(void)
{
	struct jq_words words;
	char long_name[400];
	char path[256];

	write_file("good.jq", "def f: .env;");
	write_file("bad.jq", "def f: env;");
	write_file("circle.jq", "import \"circle\" as c; def f: c::f;");
	write_file("leads.jq", "include \"bad\"; def g: f;");
	snprintf(path, sizeof path, "%s/deep", folder);
	mkdir(path, 0700);
	write_file("deep/deep.jq", "def f: now;");

	ok(passes("import \"good\" as g; g::f", &words) && words.has_modules, "a module");
	ok(words.directives == strlen("import \"good\" as g;"), "and where what names it ends");
	ok(passes("import \"data\" as $d; $d", &words) && !words.has_modules, "data are no code");
	ok(passes("include \"nothing\"; .", &words), "one that is not there is for libjq to miss");
	snprintf(long_name, sizeof long_name, "include \"%0300d\"; .", 0);
	ok(passes(long_name, &words), "as is one of a name that no file can have");
	static const char *const bad[] = {
	    "import \"bad\" as b; .",
	    "include \"leads\"; .",
	    "import \"circle\" as c; .",
	    "import \"deep\" as d; .",
	    "import \"../good\" as g; .",
	    "import \"deep/../good\" as g; .",
	    "import \"/tmp/x\" as g; .",
	    "import \"good\" as g {search: \"/tmp\"}; .",
	    "import \"good\" as g {\"search\": \"/tmp\"}; .",
	    "import \"\\u002e./x\" as g; .",
	    "import \"good\" as g; import \"bad\" as b; .",
	    "module {}; include \"bad\"; .",
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		ok(!passes(bad[i], &words) && cause_status() == STATUS_USAGE, "is off: %s", bad[i]);
		cause_clear();
	}
	for (size_t i = 0; i < 4; i++) {
		static const char *const names[] = {"good.jq", "bad.jq", "circle.jq", "leads.jq"};

		snprintf(path, sizeof path, "%s/%s", folder, names[i]);
		unlink(path);
	}
	snprintf(path, sizeof path, "%s/deep/deep.jq", folder);
	unlink(path);
	snprintf(path, sizeof path, "%s/deep", folder);
	rmdir(path);
}

static void test_input(void)
{
	struct jq_words words;

	ok(passes("module {input: \"text\"}; .", &words) && words.is_text, "text");
	ok(passes("module {\"a\": {\"input\": \"x\"}, \"input\": \"text\"};\n.", &words) && words.is_text,
	   "among other things");
	ok(passes("module {\"input\": \"json\"}; .", &words) && !words.is_text, "json");
	ok(passes("# module {input: \"text\"};\n.", &words) && !words.is_text, "a comment says nothing");
	ok(!passes("module {input: \"csv\"}; .", &words), "another is refused");
	cause_clear();
}

int main(void)
{
	if (mkdtemp(folder) == NULL)
		return 4;
	test_names();
	test_modules();
	test_input();
	rmdir(folder);
	return tap_done();
}

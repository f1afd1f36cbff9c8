/*
 * Which folders are listed, when what was seen in them before is remembered. Only the clock is made up: so
 * the folders that were made just now are old ones.
 */
#include "lake/bronze.h"
#include "tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static time_t ahead; /* seconds that the clock is ahead */

int clock_gettime(clockid_t clock, struct timespec *t)
{
	const int result = (int)syscall(SYS_clock_gettime, clock, t);

	t->tv_sec += ahead;
	return result;
}

static char root[] = "/tmp/evlake-bronze-XXXXXX";
static struct lake lake;
static struct db *db;
static struct ledger ledger;

/* File systems take the time from a clock that ticks some hundred times a second. */
static void wait_for_tick(void)
{
	struct timespec before, now;

	syscall(SYS_clock_gettime, CLOCK_REALTIME_COARSE, &before);
	do
		syscall(SYS_clock_gettime, CLOCK_REALTIME_COARSE, &now);
	while (now.tv_sec == before.tv_sec && now.tv_nsec == before.tv_nsec);
}

/* In the lake's folder. */
static void shell(const char *script)
{
	wait_for_tick();
	if (system(script) != 0) {
		perror(script);
		exit(99);
	}
}

enum { FORGET = 0, REMEMBER = 1, ALL = 2 };

static uint64_t run, rounds;
static char listed[4096]; /* the names of files, after a blank each */

/* The files that are listed, and whether that is to be remembered. */
static const char *list(unsigned how)
{
	const struct bronze_options options = {
	    .ledger = &ledger, .run = run, .rounds = how & ALL ? 1 : rounds};
	struct bronze b = {0};
	struct buffer row = {0};
	struct text path;
	int result = bronze_list(&b, &lake, &options);

	snprintf(listed, sizeof listed, result == 0 ? "" : "failed");
	for (size_t i = 0; i < b.n; i++) {
		const char *name = memrchr(b.files[i].path.data, '/', b.files[i].path.len);
		const char *end = b.files[i].path.data + b.files[i].path.len;
		const size_t len = strlen(listed);

		snprintf(listed + len, sizeof listed - len, " %.*s", (int)(end - name - 1), name + 1);
	}
	for (size_t i = 0; result == 0 && (how & REMEMBER) && i < b.n_rows; i++) {
		int changed = bronze_row(&b, i, &path, &row);

		if (changed < 0 ||
		    (changed == 1 &&
		     ledger_put_folder(&ledger, path, (struct text){(char *)row.data, row.len}) != 0))
			result = -1;
	}
	buffer_free(&row);
	bronze_free(&b);
	return result == 0 ? listed : "failed";
}

static void is(const char *got, const char *expected, const char *what)
{
	ok(strcmp(got, expected) == 0, "%s: \"%s\"", what, got);
}

/* A change, then: what is listed, which is remembered, and nothing after that. */
static void then(const char *script, const char *expected, const char *what)
{
	shell(script);
	is(list(REMEMBER), expected, what);
	is(list(REMEMBER), "", "and is settled");
}

static void begin(void)
{
	if (mkdtemp(root) == NULL || chdir(root) != 0)
		exit(99);
	shell("mkdir -p lake/bronze/d=1/h=1 lake/bronze/d=1/h=2 lake/bronze/d=2/h=1 away/deep\n"
	      "cd lake/bronze; touch d=1/h=1/a d=1/h=2/b d=2/h=1/c d=2/x .hidden\n"
	      "touch ../../away/y; ln -s ../../away link");
	if (lake_open(&lake, "lake") != 0 || (db = db_open("lake/gold.db", DB_CREATE)) == NULL)
		exit(99);
	ledger_open(&ledger, db);
	if (ledger_create(&ledger) != 0)
		exit(99);
}

static void test_memory(void)
{
	is(list(REMEMBER), " .hidden a b c x y", "all is new");
	is(list(REMEMBER), " .hidden a b c x y", "what has only just changed may change again unseen");
	ahead = 3600;
	is(list(FORGET), " .hidden a b c x y", "so it was not to be believed later");
	is(list(REMEMBER), " .hidden a b c x y", "an hour later");
	is(list(REMEMBER), "", "what is remembered is not listed again");
	is(list(ALL), " .hidden a b c x y", "unless everything is asked for");
	ahead = -3600;
	is(list(REMEMBER), "", "a clock that was set back makes no difference to that");
	ahead = 3600;
}

static void test_changes(void)
{
	then("touch lake/bronze/d=1/h=1/late", " a late", "a late file");
	then("touch -d '2020-01-01' old; mv old lake/bronze/d=1/h=2", " b old", "an old one, moved in");
	then("mv lake/bronze/d=1/h=2/old lake/bronze/d=1/h=2/b", " b", "one that replaces another");
	then("touch lake/bronze/d=1/h=2/tmp.tmp", " b tmp.tmp", "one that is being written");
	then("mv lake/bronze/d=1/h=2/tmp.tmp lake/bronze/d=1/h=2/tmp", " b tmp", "and renamed");
	then("rm lake/bronze/d=1/h=2/tmp", " b", "one that goes");
	then("touch lake/bronze/d=2/z", " x z", "one beside folders");
	then("mkdir -p lake/bronze/d=3/h=1/m; touch lake/bronze/d=3/h=1/m/new", " .hidden new",
	     "new folders");
	then("touch away/deep/w", " w", "behind a link");
	then("rm lake/bronze/link; mkdir other; touch other/y; ln -s ../../other lake/bronze/link",
	     " .hidden y", "behind a link that is another");
	then("mv lake/bronze/d=1 lake/bronze/d=9", " .hidden a late b", "folders that were renamed");
	then("mv lake/bronze/d=9 lake/bronze/d=1", " .hidden a late b", "and back");
	then("cd lake/bronze/d=1; cp -a h=1 ../../h; touch -r h=1 ../../h; touch -r . ../../d; rm -r h=1; "
	     "touch ../../h/more; touch -r ../../d ../../h; mv ../../h h=1; touch -r ../../d .",
	     " a late more", "another folder in the place, of the same time");
	then("rm -r lake/bronze/d=3", " .hidden", "folders that go");
}

static void test_doubts(void)
{
	size_t found = 0;

	shell("touch other/file; ln -s ../../other/file lake/bronze/file");
	is(list(REMEMBER), " .hidden file file y", "a link to a file");
	is(list(REMEMBER), " .hidden file", "is looked at in every run");
	shell("rm lake/bronze/file");
	is(list(REMEMBER), " .hidden", "until it goes");
	is(list(REMEMBER), "", "and is settled");
	rounds = BRONZE_ROUNDS;
	for (run = 1; run <= rounds; run++)
		found += strstr(list(REMEMBER), " late") != NULL;
	rounds = 0;
	ok(found == 1, "each folder is listed once in so many runs: %zu", found);
	if (db_exec(db, "UPDATE lake_folder SET subfolders = x'0102' WHERE path = 'd=1'") != 0)
		exit(99);
	is(list(REMEMBER), " a late more b", "a damaged row is none");
	is(list(REMEMBER), "", "and is settled");
	shell("touch -d '1 day' lake/bronze/d=1/h=1/a; touch lake/bronze/d=1/h=1/b");
	is(list(REMEMBER), " a b late more", "a file of tomorrow");
	is(list(REMEMBER), " a b late more", "may still change");
}

static void test_again(void)
{
	const struct bronze_options options = {.ledger = &ledger, .rounds = 1};
	struct bronze b = {0};
	struct buffer row = {0};
	struct text path;
	size_t changed = 0;

	shell("touch lake/bronze/d=1/h=1/a");
	list(REMEMBER);
	is(list(FORGET), "", "nothing to be listed");
	ok(bronze_list(&b, &lake, &options) == 0 && b.n > 0, "all are listed");
	for (size_t i = 0; i < b.n_rows; i++)
		changed += bronze_row(&b, i, &path, &row) == 1;
	ok(changed == 0, "and remembered already");
	for (size_t i = 0; i < b.n; i++)
		if (b.files[i].path.data[b.files[i].path.len - 1] == 'c')
			bronze_look_again(&b, &b.files[i]);
	for (size_t i = 0; i < b.n_rows; i++) {
		if (bronze_row(&b, i, &path, &row) != 1)
			continue;
		changed++;
		if (ledger_put_folder(&ledger, path, (struct text){(char *)row.data, row.len}) != 0)
			exit(99);
	}
	ok(changed == 1, "one row is another: %zu", changed);
	is(list(REMEMBER), " c", "one to be looked at again");
	is(list(REMEMBER), "", "is not for ever");
	bronze_free(&b);
	buffer_free(&row);
}

int main(void)
{
	begin();
	test_memory();
	test_changes();
	test_doubts();
	test_again();
	ledger_close(&ledger);
	db_close(db);
	lake_close(&lake);
	shell("rm -rf \"$PWD\"");
	return tap_done();
}

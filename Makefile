# evlake: make, make demo, make check, make torture, make lint, make bench, make install. See README.md.
#
#   SAN=address,undefined   a sanitized build in a directory of its own
#   WERROR=1                warnings are errors
#   CC=clang                another compiler (clean first)
#   PREFIX=/usr/local DESTDIR=
#   V=1                     the commands themselves
#   PEER=../peer            npm packages of other engines, for tests that compare with them
#   FUZZ_SECONDS=5         how long make check lets each fuzzer run
#   BENCH=full              what make bench measures: small (a minute), full (ten), scale (24 GB of JSON)
#   BENCH_DIR=../bench-evlake BENCH_RUNS=5

VERSION = 1.0
ifeq ($(MAKELEVEL),0)
MAKEFLAGS += -j$(shell nproc 2>/dev/null || echo 1)
endif
PREFIX = /usr/local
BINDIR = $(PREFIX)/bin
MANDIR = $(PREFIX)/share/man
LIBDIR = $(PREFIX)/lib/evlake
DATADIR = $(PREFIX)/share/evlake
PEER = ../peer
FUZZ_SECONDS = 5
BENCH = full
BENCH_DIR = ../bench-evlake
BENCH_RUNS = 5

B = build$(if $(SAN),-$(subst $(comma),-,$(SAN)))
comma = ,

OPT = -O3
CFLAGS = $(OPT) -g
WARN = -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wcast-qual \
	-Wwrite-strings -Wundef -Wvla -Wformat=2 $(if $(WERROR),-Werror)
# Level 3 checks more, where compiler and C library know it; others would warn.
FORTIFY := $(shell echo '#include <features.h>' | $(CC) -O2 -D_FORTIFY_SOURCE=3 -Werror -E -x c - >/dev/null 2>&1 && echo 3 || echo 2)
HARDEN = $(if $(SAN),,-fstack-protector-strong -D_FORTIFY_SOURCE=$(FORTIFY))
EV_CFLAGS = -std=c17 -D_GNU_SOURCE -DEV_VERSION='"$(VERSION)"' -DEV_ISAL=$(ISAL) -Ilib $(WARN) $(HARDEN) -fPIC \
	-fvisibility=hidden -MMD -MP \
	$(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer)
EV_LDFLAGS = -pie -Wl,--as-needed,-z,relro,-z,now,-z,noexecstack $(if $(SAN),-fsanitize=$(SAN))
# ISAL=0 does without ISA-L, which inflates three times as fast as zlib.
ISAL = 1
LDLIBS = $(if $(filter 1,$(ISAL)),-lisal) -lz -lsnappy -lsqlite3 -ljq -lm

# What Debian calls what we need; `make deps` installs what is missing.
PACKAGES = gcc libc6-dev zlib1g-dev $(if $(filter 1,$(ISAL)),libisal-dev) libsnappy-dev libsqlite3-dev libjq-dev libxxhash-dev libarchive-dev sqlite3 perl mandoc util-linux
# And what tests need beside: one that does without skips, saying so.
CHECK_PACKAGES = strace zstd xz-utils bzip2 lz4 libarchive-tools python3
LINT_PACKAGES = clang-format cppcheck shellcheck

TOOLS = $(basename $(notdir $(wildcard cmd/ev*.c)))
LIB_O = $(patsubst %.c,$(B)/%.o,$(filter-out %/extension.c $(if $(filter 1,$(ISAL)),,%/inflate_isal.c),$(wildcard lib/*/*.c)))
# What speaks to SQLite is made once more for the extension, which uses that of whoever loads it.
EXTENSION_O = $(patsubst %.c,$(B)/extension/%.o,lib/base/db.c $(wildcard lib/query/*.c))
CMD_O = $(patsubst %.c,$(B)/%.o,$(filter-out $(wildcard cmd/ev*.c),$(wildcard cmd/*.c)))
UNITS = $(patsubst t/unit/%.c,$(B)/unit/%.t,$(wildcard t/unit/*.c))
SHIMS = $(patsubst t/shim/%.c,$(B)/shim/%.so,$(wildcard t/shim/*.c))
# The tests that have a long form.
TORTURES = $(wildcard t/07*.t)
SOURCES = $(wildcard cmd/*.[ch] lib/*/*.[ch] t/unit/*.[ch] t/fuzz/*.[ch] t/shim/*.[ch])
SCRIPTS = $(wildcard pipelines/* t/*.t t/*.sh t/bench/run t/bench/instructions t/bench/queries t/fuzz/run .ci/run)
PIPELINES = $(notdir $(wildcard pipelines/*))

# A line for each step; the commands themselves with V=1.
Q = $(if $(V),,@)
SILENT = $(findstring s,$(firstword -$(MAKEFLAGS)))
say = $(if $(V)$(SILENT),,@printf '%5s %s\n' $(1) $@)

all: $(TOOLS:%=$(B)/%) $(B)/evlake.so

$(B)/ev%: $(B)/cmd/ev%.o $(B)/cmd.a $(B)/libevlake.a
	$(call say,link)
	$(Q)$(CC) $(CFLAGS) $(EV_LDFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(B)/evlake.so: $(EXTENSION_O) $(B)/libevlake.a
	$(call say,link)
	$(Q)$(CC) $(CFLAGS) $(filter-out -pie,$(EV_LDFLAGS)) $(if $(SAN),,-Wl$(comma)-z$(comma)defs) $(LDFLAGS) -shared -o $@ $^ \
		$(filter-out -lsqlite3,$(LDLIBS))

# Of what tools share each takes, and so loads, what it uses.
$(B)/cmd.a: $(CMD_O)
$(B)/libevlake.a: $(LIB_O)
$(B)/cmd.a $(B)/libevlake.a:
	$(call say,ar)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(B)/unit/%.t: $(B)/t/unit/%.o $(B)/libevlake.a
	@mkdir -p $(@D)
	$(call say,link)
	$(Q)$(CC) $(CFLAGS) $(EV_LDFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# Preloaded by tests, and never sanitized: the program they go into may not be.
$(B)/shim/%.so: t/shim/%.c $(B)/flags | $(B)/deps
	@mkdir -p $(@D)
	$(call say,cc)
	$(Q)$(CC) -std=c17 -D_GNU_SOURCE $(WARN) -O2 -fPIC -shared -o $@ $<

$(B)/%.o: %.c $(B)/flags | $(B)/deps
	@mkdir -p $(@D)
	$(call say,cc)
	$(Q)$(CC) $(EV_CFLAGS) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

$(B)/extension/%.o: %.c $(B)/flags | $(B)/deps
	@mkdir -p $(@D)
	$(call say,cc)
	$(Q)$(CC) $(EV_CFLAGS) -DEV_EXTENSION $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

# Code for processors that have more than all have; whoever calls it asks first.
ifneq (,$(findstring x86_64,$(shell $(CC) -dumpmachine)))
$(B)/lib/%_avx2.o: EV_CFLAGS += -mavx2 -mbmi -mbmi2 -mlzcnt
endif

# Objects depend on the flags they were made with.
$(B)/flags: force
	@mkdir -p $(B)
	@echo '$(CC) $(EV_CFLAGS) $(CPPFLAGS) $(CFLAGS)' | cmp -s - $@ || echo '$(CC) $(EV_CFLAGS) $(CPPFLAGS) $(CFLAGS)' >$@

# demo and check set up what is missing; every other target says what that is.
INSTALL_DEPS = $(if $(filter demo check deps,$(MAKECMDGOALS)),--install)
$(B)/deps: Makefile
	@mkdir -p $(B)
	@.ci/deps $(INSTALL_DEPS) $(PACKAGES)
	@touch $@

$(B)/deps-check: $(B)/deps
	@.ci/deps $(INSTALL_DEPS) $(CHECK_PACKAGES)
	@touch $@

deps: $(B)/deps

# Fuzzers, in a directory of their own: clang's libFuzzer, with sanitizers.
FUZZ_B = build-fuzz
FUZZ_CC = clang
FUZZ_SAN = fuzzer-no-link,address,undefined
FUZZERS = $(patsubst t/fuzz/%.c,$(B)/fuzz/%,$(wildcard t/fuzz/*.c))

fuzz:
	@$(MAKE) --no-print-directory B='$(FUZZ_B)' CC='$(FUZZ_CC)' OPT=-O1 SAN='$(FUZZ_SAN)' fuzzers

fuzzers: $(FUZZERS)

# For check, which does without them where clang is not, or is without libFuzzer.
fuzz-if-can:
	@echo 'int LLVMFuzzerTestOneInput(void); int LLVMFuzzerTestOneInput(void) { return 0; }' | \
		$(FUZZ_CC) -x c -fsanitize=fuzzer - -o /dev/null 2>/dev/null || exit 0; \
		$(MAKE) --no-print-directory fuzz

$(B)/fuzz/%: $(B)/t/fuzz/%.o $(B)/libevlake.a
	@mkdir -p $(@D)
	$(call say,link)
	$(Q)$(CC) $(CFLAGS) $(EV_LDFLAGS) $(LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(LDLIBS)

check: all $(UNITS) $(SHIMS) $(if $(SAN)$(T),,fuzz-if-can) | $(B)/deps-check
	@B='$(abspath $(B))' FUZZ_B='$(abspath $(FUZZ_B))' FUZZ_SECONDS='$(FUZZ_SECONDS)' PEER='$(abspath $(PEER))' \
		prove -j2 $(UNITS) $(if $(T),$(T),$(wildcard t/*.t))

# The same at every point instead of some, for as long as it takes: each system call that fails, races, a day of runs.
torture: all $(SHIMS) fuzz-if-can | $(B)/deps-check
	@B='$(abspath $(B))' FUZZ_B='$(abspath $(FUZZ_B))' prove --timer -v $(if $(T),$(T),$(TORTURES)) :: torture

demo: all
	@B='$(abspath $(B))' pipelines/demo demo-lake

# What it costs, beside DuckDB and zcat; what questions cost of Bronze, Silver and Gold; and how many instructions
# each tool spends on an event.
bench bench-queries bench-instructions: all
	@B='$(abspath $(B))' PEER='$(abspath $(PEER))' BENCH='$(BENCH)' BENCH_DIR='$(abspath $(BENCH_DIR))' \
		BENCH_RUNS='$(BENCH_RUNS)' t/bench/$(if $(filter bench,$@),run,$(@:bench-%=%))

lint:
	@.ci/deps $(LINT_PACKAGES) $(PACKAGES)
	@clang-format --dry-run -Werror $(SOURCES)
	@cppcheck --quiet --std=c17 --enable=warning,performance,portability --inline-suppr --error-exitcode=1 \
		--suppress=missingIncludeSystem -D_GNU_SOURCE -DEV_VERSION='""' -Ilib cmd lib
	@shellcheck -x $(SCRIPTS)
	@for s in 1 5 7; do mkdir -p $(B)/man/man$$s && cp man/*.$$s $(B)/man/man$$s || exit 1; done
	@makewhatis '$(abspath $(B))/man'
	@MANPATH='$(abspath $(B))/man' mandoc -T lint -W style man/*.[1-9]

format:
	clang-format -i $(SOURCES)

install: all
	install -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(LIBDIR) $(DESTDIR)$(DATADIR)/schemas/gold $(DESTDIR)$(DATADIR)/schemas/map $(DESTDIR)$(MANDIR)/man1 \
		$(DESTDIR)$(MANDIR)/man5 $(DESTDIR)$(MANDIR)/man7
	install -m 755 $(TOOLS:%=$(B)/%) $(DESTDIR)$(BINDIR)
	install -m 644 $(B)/evlake.so $(DESTDIR)$(LIBDIR)
	for p in $(PIPELINES); do install -m 755 pipelines/$$p $(DESTDIR)$(BINDIR)/ev$$p || exit 1; done
	install -m 644 schemas/event.json $(DESTDIR)$(DATADIR)/schemas
	install -m 644 schemas/gold/*.sql $(DESTDIR)$(DATADIR)/schemas/gold
	install -m 644 schemas/map/*.jq $(DESTDIR)$(DATADIR)/schemas/map
	for s in 1 5 7; do install -m 644 man/*.$$s $(DESTDIR)$(MANDIR)/man$$s || exit 1; done

uninstall:
	rm -f $(TOOLS:%=$(DESTDIR)$(BINDIR)/%) $(PIPELINES:%=$(DESTDIR)$(BINDIR)/ev%)
	rm -f $(patsubst man/%.1,$(DESTDIR)$(MANDIR)/man1/%.1,$(wildcard man/*.1)) \
		$(DESTDIR)$(MANDIR)/man5/evstream.5 $(DESTDIR)$(MANDIR)/man7/evlake.7
	rm -rf $(DESTDIR)$(DATADIR) $(DESTDIR)$(LIBDIR)

dist:
	git archive --prefix=evlake-$(VERSION)/ -o evlake-$(VERSION).tar.gz HEAD

clean:
	rm -rf build build-* demo-lake evlake-*.tar.gz

-include $(shell find $(B) -name '*.d' 2>/dev/null)

.PHONY: all deps fuzz fuzzers fuzz-if-can check torture demo bench bench-instructions lint format install uninstall dist clean force
.SECONDARY:
.DELETE_ON_ERROR:

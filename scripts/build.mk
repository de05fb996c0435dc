# SPDX-License-Identifier: Apache-2.0
# make lint, make format, make install.

LINTERS := license shell format manual cppcheck misra tidy

.PHONY: $(LINTERS:%=lint-%) format
lint: $(LINTERS:%=lint-%)
$(LINTERS:%=lint-%): lint-%:
	@scripts/lint $*

format:
	@scripts/lint reformat

# PREFIX/bin/nagaya looks for its data in PREFIX/share/nagaya (composer/data_folder.h).
DATA := $(DESTDIR)$(PREFIX)/share/nagaya

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DATA)/hypervisor $(DATA)/guests $(DATA)/linux $(DATA)/systems \
	    $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 755 $(BUILD)/nagaya $(DESTDIR)$(PREFIX)/bin
	install -m 644 $(HYP_ELFS) $(DATA)/hypervisor
	for board in $(BOARDS); do \
	    install -d $(DATA)/boards/$$board && install -m 644 $(BUILD)/boards/$$board/board.* $(DATA)/boards/$$board || exit 1; \
	done
	install -m 644 $(GUEST_ELFS) $(DATA)/guests
	install -m 644 $(LINUX_FILES) $(DATA)/linux
	install -m 755 $(LINUX_TOOLS) $(DATA)/linux
	install -m 644 systems/*.yaml $(DATA)/systems
	install -m 644 $(wildcard docs/*.1) $(DESTDIR)$(PREFIX)/share/man/man1

# ./test does these and sums up; alone they are for the work on one of them.
test:
	@./test

system-test: all
	/usr/bin/python3 -m pytest -q -n 2 -p no:cacheprovider tests/system

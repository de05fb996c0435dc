# SPDX-License-Identifier: Apache-2.0
# make lint, make format, make install and uninstall.

LINTERS := license shell format manual cppcheck misra tidy

.PHONY: $(LINTERS:%=lint-%) format
lint: $(LINTERS:%=lint-%)
$(LINTERS:%=lint-%): lint-%:
	@scripts/lint $*

format:
	@scripts/lint reformat

# PREFIX/bin/nagaya looks for its data in PREFIX/share/nagaya (lib/data_folder.h). Guests that are only for tests stay here.
INSTALLED := $(DESTDIR)$(PREFIX)
# $(call put,MODE,FOLDER,FILES)
put = install -d "$(INSTALLED)/$(2)" && install -m $(1) $(3) "$(INSTALLED)/$(2)"

install: all
	$(call put,755,bin,$(BUILD)/nagaya $(BUILD)/nagaya-check $(BUILD)/nagaya-cc)
	$(call put,644,share/nagaya/hypervisor,$(HYP_ELFS))
	for board in $(BOARDS); do $(call put,644,share/nagaya/boards/$$board,$(BUILD)/boards/$$board/board.yaml $(BUILD)/boards/$$board/board.dtb) || exit; done
	$(call put,644,share/nagaya/guests,$(GUEST_INSTALLED) $(KIT_ARCHIVE))
	$(call put,644,share/nagaya/guests/kit,$(KIT_FILES))
	$(call put,644,share/nagaya/guests/kit/include,$(wildcard $(KIT)/include/*.h))
	$(call put,644,share/nagaya/guests/kit/include/kit,$(wildcard $(KIT)/include/kit/*.h))
	$(call put,644,share/nagaya/linux,$(LINUX_FILES) $(LINUX)/libnagaya.a)
	$(call put,755,share/nagaya/linux,$(LINUX)/nagayactl)
	$(call put,644,share/nagaya/linux/include,$(LIBNAGAYA_HEADERS))
	$(call put,644,share/nagaya/linux/nagaya_uio,$(LINUX_MODULE))
	for kernel in arm64 rt-arm64; do $(call put,644,share/nagaya/linux/module-$$kernel,$(LINUX)/module-$$kernel/nagaya_uio.ko) || exit; done
	$(call put,644,share/nagaya/systems,$(wildcard systems/*.yaml))
	$(call put,644,share/doc/nagaya,README.md LICENSE)
	$(call put,644,share/doc/nagaya/docs,$(wildcard docs/*.md))
	$(call put,644,share/doc/nagaya/docs/decisions,$(wildcard docs/decisions/*.md))
	$(call put,644,share/man/man1,$(wildcard docs/*.1))

uninstall:
	rm -f $(foreach program,nagaya nagaya-check nagaya-cc,"$(INSTALLED)/bin/$(program)") $(foreach page,$(wildcard docs/*.1),"$(INSTALLED)/share/man/man1/$(notdir $(page))")
	rm -rf "$(INSTALLED)/share/nagaya" "$(INSTALLED)/share/doc/nagaya"

# Both releases, from nothing. Not in ./test: it takes a mirror, root and half an hour.
.PHONY: test-newcomer
test-newcomer:
	scripts/test-newcomer bookworm
	scripts/test-newcomer trixie

# ./test does these and sums up; alone they are for the work on one of them.
test:
	@./test

system-test: all
	/usr/bin/python3 -m pytest -q -n 2 -p no:cacheprovider tests/system

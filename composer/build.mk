# SPDX-License-Identifier: Apache-2.0
# The host tools: nagaya, and nagaya-check, which examines what the former composes. A folder is a room. It sees abi/, lib/ and
# the rooms that are listed for it here, since its files are compiled with no other include paths; what they call is looked
# at by scripts/lint rooms.

# From the user's files to the image: each stage after those that it may use.
COMPOSE_ROOMS := base yaml model board config resolve schedulability engine arch layout \
                 emit/tables emit/plan emit/guest_dt emit/image
COMPOSER_ROOMS := $(COMPOSE_ROOMS) compose inspect check show run tool

# rooms_to LIST,ROOM: those of LIST up to ROOM.
rooms_to = $(if $(filter $(2),$(firstword $(1))),$(2),$(firstword $(1)) $(call rooms_to,$(wordlist 2,99,$(1)),$(2)))

$(foreach room,$(COMPOSE_ROOMS),$(eval ROOMS_OF_$(room) := $(call rooms_to,$(COMPOSE_ROOMS),$(room))))
ROOMS_OF_compose := $(COMPOSE_ROOMS) compose
ROOMS_OF_inspect := inspect
ROOMS_OF_check   := inspect check
ROOMS_OF_show    := base schedulability inspect show
ROOMS_OF_run     := base yaml model inspect compose run
ROOMS_OF_tool    := $(COMPOSE_ROOMS) compose show run tool

# room_sources ROOMS
room_sources = $(sort $(foreach room,$(1),$(wildcard composer/$(room)/*.c)))
# room_includes FILE
room_includes = -Ilib $(addprefix -Icomposer/,$(ROOMS_OF_$(patsubst composer/%/,%,$(dir $(1)))))

COMPOSER_MAINS   := composer/tool/main.c composer/check/main.c
LIB_SOURCES      := $(filter-out lib/ring.c,$(sort $(wildcard lib/*.c))) # the rings are for guests and Linux
COMPOSER_SOURCES := $(call room_sources,$(COMPOSER_ROOMS)) $(LIB_SOURCES)
COMPOSER_OBJECTS := $(COMPOSER_SOURCES:%.c=$(BUILD)/host/%.o)
COMPOSER_LIBS    := -lyaml -lfdt -lelf -lz

ALL += $(BUILD)/nagaya $(BUILD)/nagaya-check
LINT_SOURCES += $(COMPOSER_SOURCES)

$(BUILD)/host/%.o: %.c
	@mkdir -p $(@D)
	$(say)
	$(HOST_CC) $(HOST_CFLAGS) $(call room_includes,$<) -MMD -MP -c -o $@ $<

# host_library NAME,SOURCES
define host_library
$(BUILD)/host/$(1).a: $(patsubst %.c,$(BUILD)/host/%.o,$(filter-out $(COMPOSER_MAINS),$(2)))
	$$(say)
	rm -f $$@
	ar rcsD $$@ $$^
endef
$(eval $(call host_library,libshared,$(LIB_SOURCES)))
$(eval $(call host_library,libcompose,$(call room_sources,$(COMPOSE_ROOMS) compose)))
$(eval $(call host_library,libinspect,$(call room_sources,inspect)))
$(eval $(call host_library,libcheck,$(call room_sources,check)))

TOOL_OBJECTS := $(patsubst %.c,$(BUILD)/host/%.o,$(call room_sources,show run tool))

$(BUILD)/nagaya: $(TOOL_OBJECTS) $(addprefix $(BUILD)/host/,libcompose.a libinspect.a libshared.a) \
                 | $(BUILD)/nagaya-check
	$(say)
	$(HOST_CC) $(HOST_CFLAGS) -o $@ $(filter %.o %.a,$^) $(COMPOSER_LIBS)

# The wall: of what composes, nothing is in it.
$(BUILD)/nagaya-check: $(BUILD)/host/composer/check/main.o $(addprefix $(BUILD)/host/,libcheck.a libinspect.a libshared.a)
	$(say)
	$(HOST_CC) $(HOST_CFLAGS) -o $@ $^ -lyaml -lfdt -lz

# For scripts/rooms: each room, and those that it may use.
.PHONY: rooms
rooms:
	@$(foreach room,$(COMPOSER_ROOMS),echo '$(room):$(ROOMS_OF_$(room))';)

-include $(COMPOSER_OBJECTS:.o=.d)

/*
 * A libpcsclite for tests, put before the real one with LD_PRELOAD: no pcscd, no reader, no chance.
 *
 * It obeys the file `state` in $STUB_PCSC_DIR, which the test replaces by rename, one "key value" a line:
 *   service 0|1        0: every call answers SCARD_E_NO_SERVICE, as when pcscd is gone
 *   reader 0|1         0: the reader is unplugged
 *   card N             which card is in the field; 0: none
 *   counter N          pcscd's count of insertions and removals, shown in the upper half of the state
 *   connect CODE       what SCardConnect answers, in hex; 0: as the card says
 *   disconnect CODE    the same for SCardDisconnect
 *   transmit CODE      the same for SCardTransmit
 *   connect_ms N       how long SCardConnect takes
 *   transmit_ms N      how long SCardTransmit takes
 *   only INS           the last two are for commands of this instruction, in hex; 0: for all
 * Card N is a JPKI card whose EF 000A is the file `certificate-N`. Any PIN is right, and its signatures are zeros. Each call
 * is a line of the file `log`; a VERIFY with a PIN is another one, `pin`, which does not say which.
 * A card that left and came back without pcscd noticing (another `card`, the same `counter`) answers an empty
 * response, as pcscd 1.9.9 does with vpcd.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <winscard.h>

#define READER "Stub Reader 00 00"
#define OTHER_READER "Other Reader 01 00"
#define CONTEXTS_MAX 64
#define CERTIFICATE_MAX 65536

struct state {
  long service, reader, card, counter, connect, disconnect, transmit, connect_ms, transmit_ms,
      only;
};

static volatile int cancelled[CONTEXTS_MAX];
static volatile int contexts;
static volatile long connected_card, connected_counter;
static volatile int connected, selected;

static FILE *open_in_directory(const char *name, const char *mode) {
  char path[4096];
  const char *directory = getenv("STUB_PCSC_DIR");
  if (directory == NULL) {
    fputs("STUB_PCSC_DIR is not set\n", stderr);
    abort();
  }
  snprintf(path, sizeof path, "%s/%s", directory, name);
  return fopen(path, mode);
}

static void log_call(const char *what, long value) {
  FILE *log = open_in_directory("log", "a");
  if (log == NULL) return;
  fprintf(log, "%s %lx\n", what, value);
  fclose(log);
}

static struct state read_state(void) {
  struct state s = {0};
  struct { const char *key; long *value; int base; } fields[] = {
    {"service", &s.service, 10},       {"reader", &s.reader, 10},
    {"card", &s.card, 10},             {"counter", &s.counter, 10},
    {"connect", &s.connect, 16},       {"disconnect", &s.disconnect, 16},
    {"transmit", &s.transmit, 16},     {"connect_ms", &s.connect_ms, 10},
    {"transmit_ms", &s.transmit_ms, 10}, {"only", &s.only, 16},
  };
  char key[32], value[32];
  FILE *file = open_in_directory("state", "r");
  if (file == NULL) return s;
  while (fscanf(file, "%31s %31s", key, value) == 2)
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
      if (strcmp(key, fields[i].key) == 0) *fields[i].value = strtol(value, NULL, fields[i].base);
  fclose(file);
  return s;
}

static void sleep_ms(long ms) {
  struct timespec left = {ms / 1000, ms % 1000 * 1000000};
  while (nanosleep(&left, &left) == -1 && errno == EINTR) continue;
}

PCSC_API LONG SCardEstablishContext(DWORD scope, LPCVOID r1, LPCVOID r2, LPSCARDCONTEXT context) {
  (void)scope, (void)r1, (void)r2;
  if (!read_state().service) return SCARD_E_NO_SERVICE;
  int number = __sync_add_and_fetch(&contexts, 1);
  if (number >= CONTEXTS_MAX) return SCARD_E_NO_MEMORY;
  *context = number;
  return SCARD_S_SUCCESS;
}

PCSC_API LONG SCardReleaseContext(SCARDCONTEXT context) {
  (void)context;
  return SCARD_S_SUCCESS;
}

PCSC_API LONG SCardCancel(SCARDCONTEXT context) {
  log_call("cancel", context);
  cancelled[context] = 1;
  return SCARD_S_SUCCESS;
}

PCSC_API LONG SCardFreeMemory(SCARDCONTEXT context, LPCVOID memory) {
  (void)context;
  free((void *)memory);
  return SCARD_S_SUCCESS;
}

PCSC_API LONG SCardListReaders(SCARDCONTEXT context, LPCSTR groups, LPSTR names, LPDWORD length) {
  (void)context, (void)groups;
  static const char both[] = OTHER_READER "\0" READER "\0";
  static const char other[] = OTHER_READER "\0";
  struct state s = read_state();
  if (!s.service) return SCARD_E_NO_SERVICE;
  DWORD size = s.reader ? sizeof both : sizeof other;
  if (*length == SCARD_AUTOALLOCATE) {
    *(char **)names = malloc(size);
    names = *(char **)names;
  }
  if (names != NULL) memcpy(names, s.reader ? both : other, size);
  *length = size;
  return SCARD_S_SUCCESS;
}

static DWORD level_of(const char *name, struct state s) {
  if (strstr(name, "PnP") != NULL) return (DWORD)s.reader << 16;
  if (strcmp(name, READER) != 0) return SCARD_STATE_EMPTY;
  DWORD level = (DWORD)(s.counter & 0xffff) << 16;
  if (s.card == 0) return level | SCARD_STATE_EMPTY;
  return level | SCARD_STATE_PRESENT | (connected ? SCARD_STATE_INUSE | SCARD_STATE_EXCLUSIVE : 0);
}

PCSC_API LONG SCardGetStatusChange(SCARDCONTEXT context, DWORD timeout, SCARD_READERSTATE *reader,
                                   DWORD count) {
  (void)count;
  for (;;) {
    struct state s = read_state();
    if (cancelled[context]) {
      cancelled[context] = 0;
      return SCARD_E_CANCELLED;
    }
    if (!s.service) return SCARD_E_NO_SERVICE;
    if (strcmp(reader->szReader, READER) == 0 && !s.reader) return SCARD_E_UNKNOWN_READER;
    DWORD level = level_of(reader->szReader, s);
    int first = reader->dwCurrentState == SCARD_STATE_UNAWARE;
    if (first || level != (reader->dwCurrentState & ~(DWORD)SCARD_STATE_CHANGED)) {
      reader->dwEventState = level | SCARD_STATE_CHANGED;
      reader->cbAtr = 0;
      return SCARD_S_SUCCESS;
    }
    if (timeout == 0) return SCARD_E_TIMEOUT;
    sleep_ms(2);
  }
}

PCSC_API LONG SCardConnect(SCARDCONTEXT context, LPCSTR reader, DWORD share, DWORD protocols,
                           LPSCARDHANDLE card, LPDWORD protocol) {
  (void)context, (void)reader, (void)protocols;
  log_call("connect", share);
  sleep_ms(read_state().connect_ms);
  struct state s = read_state();
  if (!s.service) return SCARD_E_NO_SERVICE;
  if (s.connect != 0) return s.connect;
  if (s.card == 0) return SCARD_E_NO_SMARTCARD;
  connected = 1;
  selected = 0;
  connected_card = s.card;
  connected_counter = s.counter;
  *card = 1;
  *protocol = SCARD_PROTOCOL_T1;
  return SCARD_S_SUCCESS;
}

PCSC_API LONG SCardDisconnect(SCARDHANDLE card, DWORD disposition) {
  (void)card;
  struct state s = read_state();
  log_call("disconnect", disposition);
  if (s.disconnect != 0) return s.disconnect;
  connected = 0;
  return SCARD_S_SUCCESS;
}

static DWORD status_word(LPBYTE answer, DWORD length, unsigned word) {
  answer[length] = word >> 8;
  answer[length + 1] = word & 0xff;
  return length + 2;
}

static DWORD answer_apdu(LPCBYTE apdu, DWORD length, LPBYTE answer) {
  static const BYTE jpki[] = {0xd3, 0x92, 0xf0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01};
  static BYTE file[CERTIFICATE_MAX];
  if (length >= 5 && apdu[1] == 0xa4 && apdu[2] == 0x04) {
    int found = length >= 15 && memcmp(apdu + 5, jpki, sizeof jpki) == 0;
    return status_word(answer, 0, found ? 0x9000 : 0x6a82);
  }
  if (length >= 7 && apdu[1] == 0xa4) {
    selected = apdu[5] << 8 | apdu[6];
    return status_word(answer, 0, 0x9000);
  }
  if (apdu[1] == 0x20) return status_word(answer, 0, length > 5 ? 0x9000 : 0x63c3);
  if (apdu[1] == 0x2a) {
    memset(answer, 0, 256);
    return status_word(answer, 256, 0x9000);
  }
  if (length < 5 || apdu[1] != 0xb0) return status_word(answer, 0, 0x6d00);
  char name[64];
  if (selected == 0x000a) snprintf(name, sizeof name, "certificate-%ld", connected_card);
  else snprintf(name, sizeof name, "ef-%04x", selected);
  FILE *stored = open_in_directory(name, "r");
  if (stored == NULL) return status_word(answer, 0, 0x6a82);
  size_t size = fread(file, 1, sizeof file, stored);
  fclose(stored);
  size_t offset = (size_t)apdu[2] << 8 | apdu[3];
  size_t wanted = apdu[4] == 0 ? 256 : apdu[4];
  if (offset > size) return status_word(answer, 0, 0x6b00);
  if (wanted > size - offset) wanted = size - offset;
  memcpy(answer, file + offset, wanted);
  return status_word(answer, wanted, 0x9000);
}

PCSC_API LONG SCardTransmit(SCARDHANDLE card, const SCARD_IO_REQUEST *send_pci, LPCBYTE apdu,
                            DWORD length, SCARD_IO_REQUEST *receive_pci, LPBYTE answer,
                            LPDWORD answer_length) {
  (void)card, (void)send_pci, (void)receive_pci;
  long instruction = length > 1 ? apdu[1] : 0;
  log_call("transmit", instruction);
  if (instruction == 0x20 && length > 5) log_call("pin", length - 5);
  struct state before = read_state();
  if (before.only == 0 || before.only == instruction) sleep_ms(before.transmit_ms);
  struct state s = read_state();
  log_call("transmitted", instruction);
  if (!s.service) return SCARD_E_NO_SERVICE;
  if (s.transmit != 0 && (s.only == 0 || s.only == instruction)) return s.transmit;
  if (s.card == 0 || s.counter != connected_counter) return SCARD_W_REMOVED_CARD;
  *answer_length = s.card == connected_card ? answer_apdu(apdu, length, answer) : 0;
  return SCARD_S_SUCCESS;
}

PCSC_API LONG SCardControl(SCARDHANDLE card, DWORD code, LPCVOID in, DWORD in_length, LPVOID out,
                           DWORD out_length, LPDWORD returned) {
  (void)card, (void)code, (void)in, (void)in_length, (void)out, (void)out_length, (void)returned;
  return SCARD_E_UNSUPPORTED_FEATURE;
}

PCSC_API const char *pcsc_stringify_error(const LONG code) {
  (void)code;
  return "stub";
}

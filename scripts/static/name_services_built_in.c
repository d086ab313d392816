/* Looking up users, groups and hosts, the C library loads a shared library for each service that /etc/nsswitch.conf names
   (libnss_systemd.so.2, libnss_sss.so.2). In a static program that ends the process ("_dl_call_libc_early_init: Assertion") where the
   system has another version of the C library. Before main, this leaves the services that are built in: a user of another service has
   no name and no home directory of theirs, and Lyre then uses HOME, or the number of the user. The link asks for the symbol lyre_name_services. */
#include <nss.h>

__attribute__((constructor)) void lyre_name_services(void) {
  static const char *const databases[] = {"passwd", "group", "shadow", "services", "protocols", "networks", "ethers", "rpc"};
  for (unsigned place = 0; place < sizeof databases / sizeof *databases; place++) {
    __nss_configure_lookup(databases[place], "files");
  }
  __nss_configure_lookup("hosts", "files dns");
}

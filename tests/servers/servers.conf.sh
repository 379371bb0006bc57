# Sourced by servers.sh: the two servers' configurations, from $dir, $user, $group, $password, the
# ports, and $oauth_mechanisms.
# shellcheck shell=bash disable=SC2154

dovecot_conf() {
    cat <<CONF
# Dovecot 2.3, all as $user: no chroot, no second user, no privileged port.
base_dir = $dir/dovecot/run
state_dir = $dir/dovecot/state
log_path = $dir/log/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
default_internal_user = $user
default_internal_group = $group
default_login_user = $user
first_valid_uid = 1
first_valid_gid = 1
mail_uid = $user
mail_gid = $group

ssl = required
ssl_cert = <$dir/tls/server.pem
ssl_key = <$dir/tls/server.key

auth_mechanisms = plain login $oauth_mechanisms
auth_failure_delay = 0
recipient_delimiter = +
mail_location = maildir:$dir/mail/%Lu
# Access tokens, if a test brings an authorization server that knows them.
passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = $dir/dovecot/oauth2.conf.ext
}
# Any user name, one password.
passdb {
  driver = static
  mechanisms = plain login
  args = password=$password
}
userdb {
  driver = static
  args = home=$dir/mail/%Lu allow_all_users=yes
}

namespace inbox {
  inbox = yes
  separator = /
  mailbox Sent {
    auto = subscribe
    special_use = \Sent
  }
  mailbox Processed {
    auto = create
  }
}

# A second address of the same mailboxes that does not offer IDLE.
service imap-login {
  chroot =
  inet_listener imap {
    port = 0
  }
  inet_listener imaps {
    port = $imaps_port
    ssl = yes
  }
  inet_listener imaps_poll {
    address = 127.0.0.2
    port = $imaps_poll_port
    ssl = yes
  }
}
local 127.0.0.2 {
  imap_capability = IMAP4rev1 SASL-IR LITERAL+ UIDPLUS MOVE SPECIAL-USE
}
service anvil {
  chroot =
  # Nobody who gives a wrong password is made to wait.
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  chroot =
}
service lmtp {
  unix_listener lmtp {
    mode = 0600
  }
}
service auth {
  unix_listener postfix {
    mode = 0600
  }
}
CONF
}

dovecot_oauth2_conf() {
    cat <<CONF
introspection_mode = post
introspection_url = http://127.0.0.1:$oauth_port/introspect
username_attribute = username
active_attribute = active
active_value = true
CONF
}

postfix_main_cf() {
    cat <<CONF
compatibility_level = 3.6
queue_directory = $dir/queue
# No folders to make while running: Postfix would want to give them away.
hash_queue_names = none
data_directory = $dir/data
# The users of the make-believe (postfix_passwd); each process hands it on to its children.
import_environment = MAIL_CONFIG LANG=C TZ LD_PRELOAD UID_WRAPPER UID_WRAPPER_ROOT NSS_WRAPPER_PASSWD NSS_WRAPPER_GROUP
mail_owner = postfix
default_privs = nobody
setgid_group = postdrop
maillog_file = $dir/log/postfix.log
maillog_file_prefixes = $dir

myhostname = mail.test
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
smtpd_peername_lookup = no
smtp_dns_support_level = disabled
alias_maps =
alias_database =
recipient_delimiter = +
in_flow_delay = 0
message_size_limit = 104857600
virtual_mailbox_limit = 0
# Mails pass as they are: nothing is added or rewritten.
local_header_rewrite_clients =

# Every domain is ours, so nothing leaves the machine; refused.test does what its name says.
virtual_mailbox_domains = static:ALL
virtual_mailbox_maps = static:ALL
virtual_transport = lmtp:unix:$dir/dovecot/run/lmtp
smtpd_recipient_restrictions =
  check_recipient_access inline:{ { refused.test = 550 5.1.1 there is nobody of that name } },
  permit_mynetworks, reject
smtpd_client_connection_count_limit = 0
smtpd_error_sleep_time = 0

smtpd_tls_cert_file = $dir/tls/server.pem
smtpd_tls_key_file = $dir/tls/server.key
smtpd_tls_security_level = may
smtpd_sasl_type = dovecot
smtpd_sasl_path = $dir/dovecot/run/postfix
smtpd_sasl_security_options = noanonymous
smtpd_tls_auth_only = yes
CONF
}

postfix_master_cf() {
    local login="-o smtpd_sasl_auth_enable=yes -o smtpd_client_restrictions=permit_sasl_authenticated,reject"
    cat <<CONF
# service type private unpriv chroot wakeup maxproc command
127.0.0.1:$smtp_port inet n - n - - smtpd
127.0.0.1:$submission_port inet n - n - - smtpd -o smtpd_tls_security_level=encrypt $login
127.0.0.1:$submissions_port inet n - n - - smtpd -o smtpd_tls_wrappermode=yes $login
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
CONF
}

postfix_users() { # what Postfix takes for /etc/passwd and /etc/group
    printf '%s\n' 'root:x:0:0::/:/bin/false' 'postfix:x:901:901::/:/bin/false' 'nobody:x:902:902::/:/bin/false' \
        >"$dir/postfix/passwd"
    printf '%s\n' 'root:x:0:' 'postfix:x:901:' 'nobody:x:902:' 'postdrop:x:903:' >"$dir/postfix/group"
}

postfix_queue() { # the folders that Postfix's own set-up script would make
    "${as_user[@]}" mkdir -p "$dir"/queue/{active,bounce,corrupt,defer,deferred,flush,hold,incoming,maildrop,pid,private,public,saved,trace}
}

/** Forwards traffic between a client and containerd, and replaces its version. It ends with its parent. */
const proxy = `use IO::Socket::UNIX; use IO::Select;
my $parent = getppid; my $server = IO::Socket::UNIX->new(Local => '/run/old.sock', Listen => 9) or die;
sub pump { my ($one, $other) = @_; my $both = IO::Select->new($one, $other);
  while (1) { for my $from ($both->can_read(1)) {
    sysread($from, my $data, 65536) or exit; $data =~ s/\\d\\.\\d\\.\\d\\d(?=[~\\x12 ])/1.4.13/ if $from == $other;
    syswrite($from == $one ? $other : $one, $data) } } }
$SIG{CHLD} = 'IGNORE'; my $waiting = IO::Select->new($server);
while (getppid == $parent) { next unless $waiting->can_read(0.5); my $client = $server->accept;
  next if fork; pump($client, IO::Socket::UNIX->new(Peer => '/run/real.sock')) }`

/** A script that puts a proxy in front of containerd, which reports version 1.4.13. */
export const containerdOfDebian11 = `
touch /run/real.sock /run/old.pl
mount --bind /run/containerd/containerd.sock /run/real.sock
cat >/run/old.pl <<'END'
${proxy}
END
rm -f /run/old.sock
perl /run/old.pl </dev/null >/dev/null 2>&1 &
until [ -S /run/old.sock ]; do sleep 0.05; done
mount --bind /run/old.sock /run/containerd/containerd.sock
`

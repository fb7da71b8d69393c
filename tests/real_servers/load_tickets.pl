# Plays deeds into a Request Tracker through its own API and dates them: one JSON object a line on stdin, one with the
# ids and tokens made on stdout. RT dates what it writes with its own clock, so the rows of a deed are dated after it.
use strict;
use warnings;
use lib '/usr/share/request-tracker5/lib';
use RT -init;
use JSON;
use POSIX qw(strftime);
require RT::AuthToken;

my $system = RT->SystemUser;
my $rows   = $RT::Handle->dbh;
$rows->do('PRAGMA synchronous = OFF');    # a test's database need not outlive a power cut
my $json   = JSON->new->utf8->canonical;
my $book   = $RT::VarPath . '/keys.json';
my %known  = (tickets => {}, tokens => {});
if (open my $in, '<', $book) { local $/; %known = %{ $json->decode(<$in>) } }

sub user {
    my ($name) = @_;
    my $user = RT::User->new($system);
    $user->Load($name);
    return $user if $user->Id;
    my $customer = $name =~ /@/;
    my ($ok, $said) = $user->Create(
        Name         => $name,
        EmailAddress => $customer ? $name : "$name\@staff.example",
        Privileged   => $customer ? 0 : 1,
    );
    die "$name: $said\n" unless $ok;
    return $user;
}

sub grant {
    my ($queue, $name, @rights) = @_;
    my $group = RT::Group->new($system);
    $group->LoadSystemInternalGroup($name);
    for my $right (@rights) {
        my ($ok, $said) = $group->PrincipalObj->GrantRight(Right => $right, Object => $queue);
        die "$right: $said\n" unless $ok;
    }
}

sub message { return MIME::Entity->build(Type => 'text/plain', Charset => 'utf-8', Data => [ $_[0] ]) }

sub ticket {
    my ($as, $key) = @_;
    my $ticket = RT::Ticket->new(RT::CurrentUser->new(user($as)->Id));
    $ticket->LoadById($known{tickets}{$key}) or die "no ticket $key\n";
    return $ticket;
}

my %deeds = (
    queue => sub {
        my ($deed) = @_;
        my $queue = RT::Queue->new($system);
        my ($ok, $said) = $queue->Create(Name => $deed->{value});
        die "$said\n" unless $ok;
        grant($queue, 'Everyone', qw(CreateTicket ReplyToTicket));
        grant($queue, 'Privileged',
            qw(SeeQueue ShowTicket ShowTicketComments OwnTicket ModifyTicket ReplyToTicket CommentOnTicket CreateTicket))
            unless $deed->{hidden};
    },
    zone   => sub { my ($deed) = @_; user($deed->{who})->SetTimezone($deed->{value}) },
    scrips => sub {
        my ($deed) = @_;
        $rows->do('UPDATE Scrips SET Disabled = 1 - ?', undef, $deed->{value});
    },
    token => sub {
        my ($deed) = @_;
        my ($ok, $said, $token) = RT::AuthToken->new($system)
            ->Create(Owner => user($deed->{who})->Id, Description => 'for a test');
        die "$said\n" unless $ok;
        $known{tokens}{ $deed->{who} } = $token;
    },
    create => sub {
        my ($deed) = @_;
        my $ticket = RT::Ticket->new(RT::CurrentUser->new(user($deed->{who})->Id));
        my ($id, undef, $said) = $ticket->Create(
            Queue     => $deed->{value},
            Subject   => $deed->{text},
            Requestor => [ user($deed->{asker})->EmailAddress ],
            MIMEObj   => message($deed->{text}),
        );
        die "$said\n" unless $id;
        $known{tickets}{ $deed->{ticket} } = $id;
        return ($id);
    },
    reply   => sub { my ($deed, $ticket) = @_; $ticket->Correspond(MIMEObj => message($deed->{text})) },
    comment => sub { my ($deed, $ticket) = @_; $ticket->Comment(MIMEObj => message($deed->{text})) },
    status  => sub { my ($deed, $ticket) = @_; $ticket->SetStatus($deed->{value}) },
    move    => sub { my ($deed, $ticket) = @_; $ticket->SetQueue($deed->{value}) },
    owner   => sub {
        my ($deed, $ticket) = @_;
        $ticket->SetOwner($deed->{value} ? user($deed->{value})->Id : RT->Nobody->Id, 'Force');
    },
    merge => sub { my ($deed, $ticket) = @_; $ticket->MergeInto($known{tickets}{ $deed->{value} }) },
);
my %preparation = map { $_ => 1 } qw(queue zone scrips token);

while (my $line = <STDIN>) {
    my $deed = $json->decode($line);
    my $do   = $deeds{ $deed->{do} } or die "what is $deed->{do}?\n";
    if ($preparation{ $deed->{do} }) { $do->($deed); next }

    my ($newest) = $rows->selectrow_array('SELECT COALESCE(MAX(id), 0) FROM Transactions');
    if ($deed->{do} eq 'create') { $do->($deed) }
    else {
        my ($ok, $said) = $do->($deed, ticket($deed->{who}, $deed->{ticket}));
        die "line $., $deed->{do} of $deed->{ticket}: $said\n" unless $ok;
    }
    my $when = strftime('%Y-%m-%d %H:%M:%S', gmtime($deed->{at}));
    $rows->do('UPDATE Transactions SET Created = ? WHERE id > ?', undef, $when, $newest);
    $rows->do('UPDATE Attachments SET Created = ? WHERE TransactionId > ?', undef, $when, $newest);
    my @touched = ($known{tickets}{ $deed->{ticket} });
    push @touched, $known{tickets}{ $deed->{value} } if $deed->{do} eq 'merge';
    for my $id (@touched) {
        $rows->do('UPDATE Tickets SET LastUpdated = ? WHERE id = ?', undef, $when, $id);
        $rows->do('UPDATE Tickets SET Created = ? WHERE id = ?', undef, $when, $id) if $deed->{do} eq 'create';
    }
}
open my $out, '>', $book or die "$book: $!\n";
print {$out} $json->encode(\%known);
close $out or die "$book: $!\n";
print $json->encode(\%known);

"""Invitations: only the invited person makes a membership of one."""

import atelier.core.ids
import django.db.models.deletion
import django.db.models.functions.datetime
import functools
from django.db import migrations, models

from atelier.core.db.policies import EnableTenantPolicy


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_policies_and_tiers'),
    ]

    operations = [
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.CharField(default=functools.partial(atelier.core.ids.new_id, *('inv',), **{}), editable=False, max_length=32, primary_key=True, serialize=False)),
                ('user_name', models.CharField(max_length=150)),
                ('role', models.CharField(choices=[('owner', 'owner'), ('admin', 'admin'), ('editor', 'editor'), ('viewer', 'viewer'), ('billing', 'billing')], max_length=10)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('expires_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('outcome', models.CharField(blank=True, default='', max_length=10)),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='accounts.workspace')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('ended_at', None)), fields=['user_name'], name='invitation_by_name')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('workspace', 'user_name'), name='invitation_pending_once'), models.CheckConstraint(condition=models.Q(('role__in', ['owner', 'admin', 'editor', 'viewer', 'billing'])), name='invitation_role_known'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('outcome', '')), models.Q(('ended_at__isnull', False), ('outcome__in', ('accepted', 'declined', 'withdrawn'))), _connector='OR'), name='invitation_ended_somehow')],
            },
        ),
        EnableTenantPolicy("accounts_invitation"),
    ]
